/**
 * Applies a tree of modifiers to a document's bytes. What no modifier touches is copied as it lies, in runs as long as
 * possible, so the cost is finding the fields, the modifiers' own work and one copy of the document.
 *
 *   source   | ....untouched.... | a: 1 | ..untouched.. | end
 *   target   | ....copied....... | a: 2 | ..copied..... | new fields | end
 *
 * Nested documents and arrays that hold touched values are rebuilt in place by the same steps.
 */
import { findField, readInt32, readName, skipValue, valueOffset } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { BsonWriter } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ArrayFilters } from './array-filter.ts';
import { EncodedValue } from './encoded-value.ts';
import { type ModifierRun, type NewValue, removed, unchanged } from './modifier.ts';
import { printElement } from './print-element.ts';
import {
  type Child,
  type ElementsNode,
  type FieldsNode,
  leavesOf,
  mergeNodes,
  type UpdateNode,
} from './update-tree.ts';

/** Most elements that one update may append to an array to reach an index. */
const backfillMaximum = 1_500_000;
/** Beyond this many children, a pass over the document's names is cheaper than one search per child. */
const searchedChildren = 16;

const scratch = new BsonWriter(64 * 1024);

/** The document's new bytes, or undefined where nothing changed. */
export function applyTree(root: FieldsNode, run: ModifierRun, filters: ArrayFilters): Buffer | undefined {
  scratch.reset();
  const walk = new Walk(scratch, run, filters);
  walk.document(root, 0);
  const result = walk.hasChanged ? scratch.take() : undefined;
  scratch.reset();
  return result;
}

/** A document that a missing path brings with it. */
class NewDocument {
  readonly fields: readonly (readonly [string, Created])[];
  constructor(fields: readonly (readonly [string, Created])[]) {
    this.fields = fields;
  }
}

type Created = NewValue | NewDocument;

interface Found {
  readonly element: number;
  readonly child: Child;
}

class Walk {
  /** How many values were changed, created or removed. */
  #changes = 0;
  readonly #bytes: Buffer;
  readonly #writer: BsonWriter;
  readonly #run: ModifierRun;
  readonly #filters: ArrayFilters;
  /** Where the source has not been copied from yet. */
  #pending = 0;
  readonly #trail: string[] = [];

  constructor(writer: BsonWriter, run: ModifierRun, filters: ArrayFilters) {
    this.#bytes = run.bytes;
    this.#writer = writer;
    this.#run = run;
    this.#filters = filters;
  }

  get hasChanged(): boolean {
    return this.#changes > 0;
  }

  /** Rebuilds the document at `at`. */
  document(node: FieldsNode, at: number): void {
    const start = this.#writer.open();
    this.#pending = at + 4;
    const found = this.#locate(node, at);
    for (const { child, element } of found) {
      const before = this.#changes;
      this.#existing(child.node, child.name, element, false);
      if (this.#changes > before) this.#checkName(child.name);
    }
    const end = at + readInt32(this.#bytes, at);
    this.#copyTo(end - 1);
    if (found.length < node.children.length) this.#append(node, found);
    this.#writer.close(start);
    this.#pending = end;
  }

  /** The children that exist, in the document's order. */
  #locate(node: FieldsNode, at: number): Found[] {
    const found: Found[] = [];
    if (node.children.length <= searchedChildren) {
      for (const child of node.children) {
        const element = findField(this.#bytes, at, child.encodedName);
        if (element >= 0) found.push({ element, child });
      }
      return found.length > 1 ? found.sort((left, right) => left.element - right.element) : found;
    }
    const wanted = new Map(node.children.map((child) => [child.name, child]));
    const end = at + readInt32(this.#bytes, at) - 1;
    for (let element = at + 4; element < end; ) {
      const name = readName(this.#bytes, element);
      const child = wanted.get(name);
      if (child !== undefined && wanted.delete(name)) found.push({ element, child });
      element = skipValue(this.#bytes, this.#bytes[element] as number, valueOffset(this.#bytes, element));
    }
    return found;
  }

  /** Adds the children that do not exist yet, in order of processing. */
  #append(node: FieldsNode, found: readonly Found[]): void {
    const present = found.length === 0 ? undefined : new Set(found.map((entry) => entry.child));
    for (const child of node.children) {
      if (present?.has(child)) continue;
      const created = this.#create(child.node, child.name);
      if (created === undefined) continue;
      this.#changes++;
      this.#checkName(child.name);
      this.#write(child.name, created);
    }
  }

  /** Fields of the document itself must not begin with a dollar sign. */
  #checkName(name: string): void {
    if (this.#trail.length > 0 || name[0] !== '$') return;
    const place = "is not allowed in the context of an update's replacement document";
    throw new MongoError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${name}' ${place}.`);
  }

  #copyTo(end: number): void {
    if (this.#pending < end) this.#writer.raw(this.#bytes.subarray(this.#pending, end));
    this.#pending = end;
  }

  #write(name: string, value: Created): void {
    if (value instanceof EncodedValue) {
      value.writeTo(this.#writer, name);
    } else if (value instanceof NewDocument) {
      this.#writer.byte(BsonType.object);
      this.#writer.cstring(name);
      const start = this.#writer.open();
      for (const [field, inner] of value.fields) this.#write(field, inner);
      this.#writer.close(start);
    } else {
      this.#writer.element(name, value);
    }
  }

  /** Applies a node to the element at `element`, which is there. */
  #existing(node: UpdateNode, name: string, element: number, isInArray: boolean): void {
    if (node.kind === 'leaf') {
      this.#leaf(node, name, element, isInArray);
      return;
    }
    const type = this.#bytes[element] as number;
    const value = valueOffset(this.#bytes, element);
    if (node.kind === 'fields' && type === BsonType.object) {
      this.#copyTo(value);
      this.#trail.push(name);
      this.document(node, value);
    } else if (type === BsonType.array) {
      this.#copyTo(value);
      this.#trail.push(name);
      if (node.kind === 'fields') this.#array(node, value, element);
      else this.#elements(node, value);
    } else {
      this.#blocked(node, name, element);
      return;
    }
    this.#trail.pop();
  }

  #leaf(leaf: UpdateNode & { kind: 'leaf' }, name: string, element: number, isInArray: boolean): void {
    const { modifier } = leaf;
    if (modifier.isInsertOnly === true && !this.#run.isInsert) return;
    const current = EncodedValue.ofElement(this.#bytes, element);
    const result = modifier.change(current, this.#run);
    if (result === unchanged) return;
    this.#changes++;
    this.#copyTo(element);
    this.#pending = current.end;
    if (result !== removed) this.#write(name, result as Created);
    else if (isInArray) this.#writer.element(name, null);
  }

  /** Applies indexes to the array at `at`, the value of the element at `element`. */
  #array(node: FieldsNode, at: number, element: number): void {
    const start = this.#writer.open();
    this.#pending = at + 4;
    const end = at + readInt32(this.#bytes, at);
    for (const child of node.children) if (child.index < 0) this.#refuse(child.node, child.name, element);
    const wanted = node.children.filter((child) => child.index >= 0);
    let next = 0;
    let index = 0;
    for (let item = this.#pending; item < end - 1; index++) {
      const child = wanted[next];
      if (child?.index === index) {
        next++;
        this.#existing(child.node, child.name, item, true);
      }
      item = skipValue(this.#bytes, this.#bytes[item] as number, valueOffset(this.#bytes, item));
    }
    this.#copyTo(end - 1);
    for (const child of wanted.slice(next)) index = this.#extend(child, index);
    this.#writer.close(start);
    this.#pending = end;
  }

  /** Creates an element beyond the array's end, nulls before it; answers the array's new length. */
  #extend(child: Child, length: number): number {
    const created = this.#create(child.node, child.name);
    if (created === undefined) return length;
    if (child.index - length > backfillMaximum) {
      throw new MongoError('CannotBackfillArray', `can't backfill more than ${backfillMaximum} elements`);
    }
    this.#changes++;
    for (let index = length; index < child.index; index++) this.#writer.element(String(index), null);
    this.#write(child.name, created);
    return child.index + 1;
  }

  /** Applies what the array filters select to the elements of the array at `at`. */
  #elements(node: ElementsNode, at: number): void {
    const start = this.#writer.open();
    this.#pending = at + 4;
    const end = at + readInt32(this.#bytes, at);
    const selections = [...node.selections];
    const { scope } = this.#run.run;
    let index = 0;
    for (let element = this.#pending; element < end - 1; index++) {
      const value = EncodedValue.ofElement(this.#bytes, element);
      const selected: UpdateNode[] = [];
      for (const [identifier, inner] of selections) {
        if (identifier === '' || this.#filters.get(identifier)?.matches(value, scope)) selected.push(inner);
      }
      const name = String(index);
      if (selected.length > 0) {
        const merged = selected.length === 1 ? selected[0] : mergeNodes(selected, [...this.#trail, name].join('.'));
        this.#existing(merged as UpdateNode, name, element, true);
      }
      element = value.end;
    }
    this.#copyTo(end - 1);
    this.#writer.close(start);
    this.#pending = end;
  }

  /** What a missing value becomes; undefined: it stays missing. */
  #create(node: UpdateNode, name: string): Created | undefined {
    if (node.kind === 'leaf') {
      if (node.modifier.isInsertOnly === true && !this.#run.isInsert) return undefined;
      return node.modifier.create(this.#run);
    }
    this.#trail.push(name);
    if (node.kind === 'elements') throw this.#arrayRequired();
    const fields: [string, Created][] = [];
    for (const child of node.children) {
      const created = this.#create(child.node, child.name);
      if (created !== undefined) fields.push([child.name, created]);
    }
    this.#trail.pop();
    return fields.length === 0 ? undefined : new NewDocument(fields);
  }

  #arrayRequired(): MongoError {
    const path = this.#trail.join('.');
    return new MongoError('BadValue', `The path '${path}' must exist in the document in order to apply array updates.`);
  }

  /** A path that goes on where a scalar stands. */
  #blocked(node: UpdateNode, name: string, element: number): void {
    if (node.kind === 'elements') {
      throw new MongoError('BadValue', `Cannot apply array updates to non-array element ${this.#print(element, name)}`);
    }
    if (node.kind === 'leaf') return;
    this.#trail.push(name);
    for (const child of node.children) this.#refuse(child.node, child.name, element);
    this.#trail.pop();
  }

  /** Throws for the modifiers under `node`, whose part `name` the element at `element` cannot have. */
  #refuse(node: UpdateNode, name: string, element: number): void {
    for (const { modifier } of leavesOf(node)) {
      if (modifier.isInsertOnly === true && !this.#run.isInsert) continue;
      if (modifier.toleratesBlockedPath(this.#run)) continue;
      const holder = this.#print(element, this.#trail.at(-1) ?? '');
      throw new MongoError('PathNotViable', `Cannot create field '${name}' in element {${holder}}`);
    }
  }

  #print(element: number, name: string): string {
    const type = this.#bytes[element] as number;
    const value: Value = decodeValue(this.#bytes, type, valueOffset(this.#bytes, element));
    return printElement(name, value);
  }
}
