import { printValue } from '../bson/print.ts';
import { findField } from '../bson/read.ts';
import type { Value } from '../bson/value.ts';
import { EncodedValue } from './encoded-value.ts';

/** `name: value`, as messages name a field with its value. */
export function printElement(name: string, value: Value): string {
  return `${name}: ${printValue(value)}`;
}

/** `{_id: …}` of the document in these bytes, as messages name a document. */
export function printId(bytes: Buffer): string {
  const element = findField(bytes, 0, '_id');
  return element < 0 ? '{no id}' : `{${printElement('_id', EncodedValue.ofElement(bytes, element).decode())}}`;
}
