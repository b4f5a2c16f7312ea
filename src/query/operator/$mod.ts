import type { Numeric } from '../../bson/scalar.ts';
import { typeRank } from '../../bson/type.ts';
import { decodeValue, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { rankOfType } from '../element-compare.ts';
import { truncatedInteger } from '../integer.ts';
import { type FieldOperator, testing } from '../operator.ts';
import type { ValueTest } from '../value-test.ts';

/** Numbers whose whole part leaves this remainder; the remainder has the sign of the number. */
class ModTest implements ValueTest {
  readonly operator = '$mod';
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly #divisor: bigint;
  readonly #remainder: bigint;

  constructor(divisor: bigint, remainder: bigint) {
    this.operand = [divisor, remainder];
    this.#divisor = divisor;
    this.#remainder = remainder;
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    if (rankOfType(type) !== typeRank.int) return false;
    const whole = truncatedInteger(decodeValue(bytes, type, at) as Numeric);
    return whole !== 'beyond' && whole % this.#divisor === this.#remainder;
  }
}

export const $mod: FieldOperator = ({ operand }) => {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', 'malformed mod, needs to be an array');
  if (operand.length < 2) throw new MongoError('BadValue', 'malformed mod, not enough elements');
  if (operand.length > 2) throw new MongoError('BadValue', 'malformed mod, too many elements');
  const divisor = part(operand[0], 'divisor');
  const remainder = part(operand[1], 'remainder');
  if (divisor === 0n) throw new MongoError('BadValue', 'divisor cannot be 0');
  return testing(new ModTest(divisor, remainder));
};

function part(value: Value | undefined, name: string): bigint {
  if (!isNumeric(value)) throw new MongoError('BadValue', `malformed mod, ${name} not a number`);
  const whole = truncatedInteger(value);
  if (whole === 'beyond') {
    throw new MongoError('BadValue', `malformed mod, ${name} value is invalid :: caused by :: it does not fit 64 bits`);
  }
  return whole;
}
