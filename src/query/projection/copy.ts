/** Inclusion, exclusion and slices by copying bytes: what is kept is not decoded. */
import { readInt32, skipValue, valueOffset } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonWriter } from '../../bson/write.ts';
import type { FieldAction, ProjectionNode, Slice } from './projection-node.ts';

const writer = new BsonWriter(64 * 1024);

/** The bytes of the document after inclusion (or exclusion) of the node's fields; nothing is computed here. */
export function copyFields(bytes: Buffer, node: ProjectionNode, isInclusion: boolean): Buffer {
  writer.reset();
  copyDocument(bytes, 0, node, isInclusion);
  return writer.take();
}

function copyDocument(bytes: Buffer, document: number, node: ProjectionNode, isInclusion: boolean): void {
  const start = writer.open();
  const end = document + readInt32(bytes, document) - 1;
  for (let element = document + 4; element < end; ) {
    const type = bytes[element] as number;
    const at = valueOffset(bytes, element);
    const next = skipValue(bytes, type, at);
    const action = node.actionOf(bytes.toString('latin1', element + 1, at - 1));
    copyField(bytes, element, at, next, action, isInclusion);
    element = next;
  }
  writer.close(start);
}

function copyField(
  bytes: Buffer,
  element: number,
  at: number,
  next: number,
  action: FieldAction | undefined,
  isInclusion: boolean,
): void {
  const type = bytes[element] as number;
  switch (action?.kind) {
    case undefined:
      if (!isInclusion) writer.raw(bytes.subarray(element, next));
      return;
    case 'include':
      writer.raw(bytes.subarray(element, next));
      return;
    case 'slice':
      if (type === BsonType.array) {
        writer.raw(bytes.subarray(element, at));
        copySlice(bytes, at, action.slice);
      } else writer.raw(bytes.subarray(element, next));
      return;
    case 'descend':
      if (type === BsonType.object || type === BsonType.array) {
        writer.raw(bytes.subarray(element, at));
        copyNested(bytes, type, at, action.node, isInclusion);
      } else if (!isInclusion || action.node.hasComputed) writer.raw(bytes.subarray(element, next));
      return;
    default:
      return;
  }
}

function copyNested(bytes: Buffer, type: number, at: number, node: ProjectionNode, isInclusion: boolean): void {
  if (type === BsonType.object) {
    copyDocument(bytes, at, node, isInclusion);
    return;
  }
  const start = writer.open();
  const end = at + readInt32(bytes, at) - 1;
  let index = 0;
  for (let element = at + 4; element < end; ) {
    const elementType = bytes[element] as number;
    const value = valueOffset(bytes, element);
    const next = skipValue(bytes, elementType, value);
    const isNested = elementType === BsonType.object || elementType === BsonType.array;
    // Inclusion keeps nothing of an element that has no fields, unless computed fields will take its place.
    if (isNested || !isInclusion || node.hasComputed) {
      writer.byte(elementType);
      writer.cstring(String(index++));
      if (isNested) copyNested(bytes, elementType, value, node, isInclusion);
      else writer.raw(bytes.subarray(value, next));
    }
    element = next;
  }
  writer.close(start);
}

function copySlice(bytes: Buffer, array: number, slice: Slice): void {
  const end = array + readInt32(bytes, array) - 1;
  const elements: number[] = [];
  for (let element = array + 4; element < end; ) {
    elements.push(element);
    element = skipValue(bytes, bytes[element] as number, valueOffset(bytes, element));
  }
  const from = slice.skip < 0 ? Math.max(0, elements.length + slice.skip) : Math.min(slice.skip, elements.length);
  const to = Math.min(from + slice.limit, elements.length);
  const start = writer.open();
  for (let index = from; index < to; index++) {
    const element = elements[index] as number;
    const at = valueOffset(bytes, element);
    writer.byte(bytes[element] as number);
    writer.cstring(String(index - from));
    writer.raw(bytes.subarray(at, elements[index + 1] ?? end));
  }
  writer.close(start);
}
