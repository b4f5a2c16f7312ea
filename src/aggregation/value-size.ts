import { Binary } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';

/** About how many bytes a value takes in memory; for the limits of blocking stages, not for replies. */
export function valueSizeBytes(value: Value | undefined): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length;
    case 'object':
      return objectSizeBytes(value);
    default:
      return 16;
  }
}

function objectSizeBytes(value: Value): number {
  if (value instanceof BsonDocument) return documentSizeBytes(value);
  if (Array.isArray(value)) {
    let sizeBytes = 32;
    for (const element of value) sizeBytes += valueSizeBytes(element);
    return sizeBytes;
  }
  return value instanceof Binary ? 32 + value.position : 24;
}

/** About how many bytes a document takes in memory. */
export function documentSizeBytes(document: BsonDocument): number {
  const encoded = document.encoded;
  if (encoded !== undefined) return 64 + encoded.length;
  let sizeBytes = 64;
  for (const [name, value] of document.entries()) sizeBytes += 16 + name.length + valueSizeBytes(value);
  return sizeBytes;
}
