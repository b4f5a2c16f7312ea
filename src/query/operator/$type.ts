import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType, findTypeName } from '../../bson/type.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type FieldOperator, testing } from '../operator.ts';
import type { ValueTest } from '../value-test.ts';

const numbers = [BsonType.int, BsonType.long, BsonType.double, BsonType.decimal];

/** One of these types. An array matches by its elements' types too, as everywhere. */
export class TypeTest implements ValueTest {
  readonly operator: string;
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays: boolean;
  readonly codes: ReadonlySet<number>;

  constructor(codes: ReadonlySet<number>, operand: Value, operator = '$type', takesWholeArrays = false) {
    this.codes = codes;
    this.operand = operand;
    this.operator = operator;
    this.takesWholeArrays = takesWholeArrays;
  }

  test(_bytes: Buffer, type: number): boolean {
    return this.codes.has(type);
  }
}

export const $type: FieldOperator = ({ operand, path }) => {
  const names = Array.isArray(operand) ? operand : [operand];
  if (names.length === 0) throw new MongoError('FailedToParse', `${path} must match at least one type`);
  return testing(new TypeTest(new Set(names.flatMap(typeCodes)), operand));
};

/** The type bytes that a code or an alias names. */
function typeCodes(name: Value): number[] {
  if (typeof name === 'string') return aliasCodes(name);
  if (!isNumeric(name)) {
    throw new MongoError('TypeMismatch', 'type must be represented as a number or a string');
  }
  const code = toDouble(name);
  // minKey's byte reads as -1 where it is signed.
  const byte = code === -1 ? BsonType.minKey : code;
  if (code === 255 || findTypeName(byte) === undefined) {
    throw new MongoError('BadValue', `Invalid numerical type code: ${printValue(name)}`);
  }
  return [byte];
}

/** The type bytes of an alias; throws BadValue for a name that is none. */
export function aliasCodes(alias: string): number[] {
  if (alias === 'number') return numbers;
  const code = Object.hasOwn(BsonType, alias) ? BsonType[alias as keyof typeof BsonType] : undefined;
  if (code === undefined) throw new MongoError('BadValue', `Unknown type name alias: ${alias}`);
  return [code];
}
