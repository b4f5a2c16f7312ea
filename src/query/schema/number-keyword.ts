/** Keywords about numbers. */
import { toDecimal } from '../../bson/decimal.ts';
import { compareNumbers, isNaNNumber } from '../../bson/number.ts';
import type { Numeric } from '../../bson/scalar.ts';
import { typeRank } from '../../bson/type.ts';
import { decodeValue } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { rankOfType } from '../element-compare.ts';
import { boolOperand } from './operand.ts';
import { cannotParse, type Keyword, type KeywordCall, mustBe, type SchemaRule } from './rule.ts';

function numberRule(holds: (value: Numeric) => boolean): SchemaRule {
  return {
    holds: (bytes, type, at) => rankOfType(type) !== typeRank.int || holds(decodeValue(bytes, type, at) as Numeric),
  };
}

function numberOperand({ name, operand }: KeywordCall): Numeric {
  if (isNumeric(operand)) return operand;
  throw mustBe(name, 'a number');
}

function isExclusive({ schema }: KeywordCall, name: string): boolean {
  return schema.get(name) === true;
}

export const maximum: Keyword = (call) => {
  const limit = numberOperand(call);
  const excludes = isExclusive(call, 'exclusiveMaximum');
  return numberRule((value) => isOrdered(value, limit) && compareNumbers(value, limit) <= (excludes ? -1 : 0));
};

export const minimum: Keyword = (call) => {
  const limit = numberOperand(call);
  const excludes = isExclusive(call, 'exclusiveMinimum');
  return numberRule((value) => isOrdered(value, limit) && compareNumbers(value, limit) >= (excludes ? 1 : 0));
};

/** NaN is within limits only of NaN. */
function isOrdered(value: Numeric, limit: Numeric): boolean {
  return isNaNNumber(value) === isNaNNumber(limit);
}

/** Read by the keyword that it belongs to, which must stand beside it. */
function companion(of: string): Keyword {
  return (call) => {
    boolOperand(call);
    if (!call.schema.has(of)) {
      throw cannotParse(`$jsonSchema keyword '${of}' must be a present if ${call.name} is present`);
    }
    return undefined;
  };
}

export const exclusiveMaximum = companion('maximum');
export const exclusiveMinimum = companion('minimum');

export const multipleOf: Keyword = (call) => {
  const divisor = numberOperand(call);
  const exact = toDecimal(divisor);
  if (exact.isNaN() || exact.isNegative() || exact.isZero()) {
    throw cannotParse("$jsonSchema keyword 'multipleOf' must have a positive value");
  }
  return numberRule((value) => {
    const dividend = toDecimal(value);
    return dividend.isFinite() && exact.isFinite() && dividend.modulo(exact).isZero();
  });
};
