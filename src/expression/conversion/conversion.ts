import type { BsonTypeName } from '../../bson/type.ts';
import type { Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** What decides about a conversion beside the two types. */
export interface ConversionOptions {
  /** How binary data stands in strings; absent: not said, which is an error where it matters. */
  readonly format: BinaryFormat | undefined;
  readonly byteOrder: 'little' | 'big';
  /** Subtype of the binary data to make. */
  readonly subtype: number;
}

export type BinaryFormat = 'base64' | 'base64url' | 'utf8' | 'hex' | 'uuid' | 'auto';

/** Turns a value that is not null into the target type. Throws ConversionFailure where it cannot. */
export type Conversion = (value: Value, options: ConversionOptions) => Value;

export function failed(message: string): MongoError {
  return new MongoError('ConversionFailure', `${message} in $convert with no onError value`);
}

export function unsupported(value: Value, target: BsonTypeName): MongoError {
  return failed(`Unsupported conversion from ${typeName(value)} to ${target}`);
}
