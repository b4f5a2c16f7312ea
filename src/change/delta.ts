/**
 * What became of a document, in the compact form that change streams show as `rawUpdateDescription`:
 *
 *   { d: { gone: false }, u: { changed: value }, i: { added: value }, sfield: { …the same for what lies inside… } }
 *   { a: true, l: length it was cut to, u3: element, s4: { … } }                                        for an array
 *
 * Both documents are compared as bytes; only what differs is looked into.
 */
import { readInt32, readName, skipValue, valueOffset } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument } from '../bson/value.ts';
import { BsonWriter } from '../bson/write.ts';
import { type Reach, wholeValue } from './reach.ts';

/** A value where it lies. */
interface Element {
  readonly bytes: Buffer;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

type Elements = Map<string, Element>;

/** Bytes that describing a change takes beside the change itself; above a whole document, the document is the shorter. */
const overheadBytes = 15;

const writer = new BsonWriter(4096);

/**
 * The delta from one document to the other. Undefined where the update put a whole document in place of the old one, or
 * compared both and the new document is no longer than the delta.
 */
export function documentDelta(before: Buffer, after: Buffer, reach: Reach): BsonDocument | undefined {
  if (reach.kind === 'document') return undefined;
  const delta = compareDocuments(elementsOf(before, 0), elementsOf(after, 0), reach);
  writer.reset();
  writeDelta(delta);
  if (reach.kind === 'compare' && writer.length >= after.length - overheadBytes) {
    writer.reset();
    return undefined;
  }
  return BsonDocument.fromBytes(writer.take());
}

interface Delta {
  readonly isArray: boolean;
  newLength: number | undefined;
  readonly removed: string[];
  readonly updated: [string, Element][];
  readonly inserted: [string, Element][];
  readonly nested: [string, Delta][];
}

function emptyDelta(isArray: boolean): Delta {
  return { isArray, newLength: undefined, removed: [], updated: [], inserted: [], nested: [] };
}

function elementsOf(bytes: Buffer, at: number): Elements {
  const elements: Elements = new Map();
  const last = at + readInt32(bytes, at) - 1;
  for (let element = at + 4; element < last; ) {
    const type = bytes[element] as number;
    const start = valueOffset(bytes, element);
    const end = skipValue(bytes, type, start);
    const name = readName(bytes, element);
    if (!elements.has(name)) elements.set(name, { bytes, type, start, end });
    element = end;
  }
  return elements;
}

function isSame(left: Element, right: Element): boolean {
  if (left.type !== right.type || left.end - left.start !== right.end - right.start) return false;
  return left.bytes.compare(right.bytes, right.start, right.end, left.start, left.end) === 0;
}

function compareDocuments(before: Elements, after: Elements, reach: Reach): Delta {
  const delta = emptyDelta(false);
  for (const name of before.keys()) if (!after.has(name)) delta.removed.push(name);
  for (const [name, value] of after) {
    const old = before.get(name);
    if (old === undefined) delta.inserted.push([name, value]);
    else compareValues(delta, name, old, value, reach.step(name));
  }
  return delta;
}

function compareArrays(before: Elements, after: Elements, reach: Reach): Delta {
  const delta = emptyDelta(true);
  if (after.size < before.size) delta.newLength = after.size;
  for (const [index, value] of after) {
    const old = before.get(index);
    if (old === undefined) delta.updated.push([index, value]);
    else compareValues(delta, index, old, value, reach.step(index));
  }
  return delta;
}

function compareValues(delta: Delta, name: string, before: Element, after: Element, reach: Reach): void {
  if (isSame(before, after)) return;
  const nested = reach.kind === 'value' ? undefined : compareInside(before, after, reach);
  if (nested === undefined) delta.updated.push([name, after]);
  else delta.nested.push([name, nested]);
}

/** The difference inside of two documents or arrays; undefined where the new value as a whole says it better. */
function compareInside(before: Element, after: Element, reach: Reach): Delta | undefined {
  if (before.type !== after.type) return undefined;
  if (before.type === BsonType.array) {
    const [old, fresh] = [elementsOf(before.bytes, before.start), elementsOf(after.bytes, after.start)];
    if (reach.kind === 'append') return appendedTo(old, fresh);
    return unlessLonger(compareArrays(old, fresh, reach), after, reach);
  }
  if (before.type !== BsonType.object) return undefined;
  const inside = compareDocuments(elementsOf(before.bytes, before.start), elementsOf(after.bytes, after.start), reach);
  return unlessLonger(inside, after, reach);
}

function appendedTo(before: Elements, after: Elements): Delta | undefined {
  const delta = compareArrays(before, after, wholeValue);
  const isAppended = delta.newLength === undefined && delta.updated.length === after.size - before.size;
  return isAppended ? delta : undefined;
}

/** A comparison takes the shorter of both; an update that named its parts keeps to them. */
function unlessLonger(delta: Delta, after: Element, reach: Reach): Delta | undefined {
  return reach.kind === 'compare' && sizeOf(delta) >= after.end - after.start ? undefined : delta;
}

/** Bytes of the encoded delta. */
function sizeOf(delta: Delta): number {
  let size = 5;
  if (delta.isArray) size += 4;
  if (delta.newLength !== undefined) size += 7;
  const sections = delta.isArray ? [delta.updated] : [delta.updated, delta.inserted];
  for (const section of sections) {
    if (section.length > 0 && !delta.isArray) size += 8;
    for (const [name, value] of section) size += 3 + name.length + value.end - value.start;
  }
  if (delta.removed.length > 0) size += 8;
  for (const name of delta.removed) size += 3 + name.length;
  for (const [name, nested] of delta.nested) size += 3 + name.length + sizeOf(nested);
  return size;
}

function writeDelta(delta: Delta): void {
  const start = writer.open();
  if (delta.isArray) {
    writer.element('a', true);
    if (delta.newLength !== undefined) writer.element('l', delta.newLength);
    for (const [index, value] of delta.updated) writeElement(`u${index}`, value);
  } else {
    writeRemoved(delta.removed);
    writeSection('u', delta.updated);
    writeSection('i', delta.inserted);
  }
  for (const [name, nested] of delta.nested) {
    writer.byte(BsonType.object);
    writer.cstring(`s${name}`);
    writeDelta(nested);
  }
  writer.close(start);
}

function writeRemoved(names: readonly string[]): void {
  if (names.length === 0) return;
  writer.byte(BsonType.object);
  writer.cstring('d');
  const start = writer.open();
  for (const name of names) writer.element(name, false);
  writer.close(start);
}

function writeSection(section: 'u' | 'i', values: readonly [string, Element][]): void {
  if (values.length === 0) return;
  writer.byte(BsonType.object);
  writer.cstring(section);
  const start = writer.open();
  for (const [name, value] of values) writeElement(name, value);
  writer.close(start);
}

function writeElement(name: string, { bytes, type, start, end }: Element): void {
  writer.byte(type);
  writer.cstring(name);
  writer.raw(bytes.subarray(start, end));
}
