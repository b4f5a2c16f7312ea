import { toDouble } from '../../bson/number.ts';
import { BsonType, type BsonTypeName, findTypeName } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { isMongoError, MongoError } from '../../error/mongo-error.ts';
import type { BinaryFormat, ConversionOptions } from '../conversion/conversion.ts';
import { convert } from '../conversion/convert.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { describeType } from './numeric.ts';

interface Parts {
  readonly input: Expression;
  readonly to: Expression;
  readonly format: Expression | undefined;
  readonly byteOrder: Expression | undefined;
  readonly onNull: Expression | undefined;
  readonly onError: Expression | undefined;
}

interface Target {
  readonly type: BsonTypeName;
  readonly subtype: number;
}

class Convert implements Expression {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  evaluate(scope: Scope): Argument {
    const { input, to, format, byteOrder, onNull, onError } = this.#parts;
    const toValue = to.evaluate(scope);
    const value = input.evaluate(scope);
    const target = isNullish(toValue) ? undefined : requireTarget(toValue);
    if (isNullish(value)) return onNull === undefined ? null : onNull.evaluate(scope);
    if (target === undefined) return null;
    const options: ConversionOptions = {
      format: requireFormat(format?.evaluate(scope)),
      byteOrder: requireByteOrder(byteOrder?.evaluate(scope)),
      subtype: target.subtype,
    };
    try {
      return convert(value, target.type, options);
    } catch (error) {
      if (onError !== undefined && isMongoError(error, 'ConversionFailure')) return onError.evaluate(scope);
      throw error;
    }
  }
}

function requireTarget(to: Value): Target {
  if (!(to instanceof BsonDocument)) return { type: requireType(to), subtype: 0 };
  const type = to.get('type');
  if (type === undefined || type === null) {
    throw new MongoError(
      'FailedToParse',
      "$convert's 'to' argument must be a string or number, or an object with a 'type'",
    );
  }
  const subtype = to.get('subtype');
  return { type: requireType(type), subtype: subtype === undefined ? 0 : requireSubtype(subtype) };
}

function requireType(type: Value): BsonTypeName {
  if (typeof type === 'string') {
    if (Object.hasOwn(BsonType, type)) return type as BsonTypeName;
    throw new MongoError('BadValue', `Unknown type name: ${type}`);
  }
  if (!isNumeric(type)) {
    throw new MongoError(
      'FailedToParse',
      `$convert's 'to' argument must be a string or number, but is ${describeType(type)}`,
    );
  }
  const code = toDouble(type);
  // 0 is no type of a value, and nothing can be converted to it.
  const name = code === 0 ? 'undefined' : Number.isInteger(code) ? findCode(code) : undefined;
  if (name !== undefined) return name;
  throw new MongoError(
    'FailedToParse',
    `In $convert, numeric value for 'to' does not correspond to a BSON type: ${code}`,
  );
}

/** Type codes as `$type` has them: -1 is minKey, which is stored as 255. */
function findCode(code: number): BsonTypeName | undefined {
  return code === -1 ? 'minKey' : code === BsonType.minKey ? undefined : findTypeName(code);
}

const namedSubtypes = 9;
const firstUserSubtype = 128;
const lastUserSubtype = 255;

function requireSubtype(value: Value): number {
  if (!isNumeric(value)) {
    throw new MongoError('Location4341108', `$convert's 'subtype' must be a number, but is ${describeType(value)}`);
  }
  const subtype = toDouble(value);
  if (!Number.isInteger(subtype)) {
    throw new MongoError('Location4341106', `$convert's 'subtype' must be an integer, but is ${subtype}`);
  }
  const isKnown =
    (subtype >= 0 && subtype <= namedSubtypes) || (subtype >= firstUserSubtype && subtype <= lastUserSubtype);
  if (isKnown) return subtype;
  throw new MongoError('Location4341107', `$convert's 'subtype' does not correspond to a binData subtype: ${subtype}`);
}

const formats: readonly string[] = ['base64', 'base64url', 'utf8', 'hex', 'uuid', 'auto'] satisfies BinaryFormat[];

function requireFormat(value: Argument): BinaryFormat | undefined {
  if (isNullish(value)) return undefined;
  if (typeof value !== 'string') {
    throw new MongoError(
      'Location4341114',
      `$convert requires that 'format' be a string, found: ${describeType(value)}`,
    );
  }
  if (formats.includes(value)) return value as BinaryFormat;
  throw new MongoError('Location4341125', `Invalid 'format' argument for $convert: ${value}`);
}

function requireByteOrder(value: Argument): 'little' | 'big' {
  if (isNullish(value)) return 'little';
  if (typeof value !== 'string') {
    throw new MongoError(
      'Location9130001',
      `$convert requires that 'byteOrder' be a string, found: ${describeType(value)}`,
    );
  }
  if (value === 'little' || value === 'big') return value;
  throw new MongoError('Location9130002', `Invalid 'byteOrder' argument for $convert: ${value}`);
}

export const $convert: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['input', 'to', 'format', 'byteOrder', 'onNull', 'onError'], {
    notObject: 'FailedToParse',
    unknown: 'FailedToParse',
  });
  const input = call.parse(named.require('input', 'FailedToParse'));
  const to = call.parse(named.require('to', 'FailedToParse'));
  const format = named.parse('format');
  const byteOrder = named.parse('byteOrder');
  const onNull = named.parse('onNull');
  const onError = named.parse('onError');
  const expression = new Convert({ input, to, format, byteOrder, onNull, onError });
  return fold(expression, [input, to, format, byteOrder, onNull, onError], call.context);
};
