import { encodeName, findField } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../bson/value.ts';
import { bytesPerStep } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Expression, Scope } from './expression.ts';

/** Most names in one path. */
const deepest = 200;

/** The names of a dotted path. Throws what MongoDB throws for a path that cannot name a field. */
export function parsePath(path: string): readonly string[] {
  if (path.endsWith('.')) throw new MongoError('Location40353', "FieldPath must not end with a '.'.");
  const names = path.split('.');
  if (names.length > deepest) {
    throw new MongoError(
      'Overflow',
      `FieldPath is too long: ${names.length} components, at most ${deepest} are allowed`,
    );
  }
  for (const name of names) checkFieldName(name);
  return names;
}

/** Fields of a DBRef: the names with a dollar that paths may have. */
const referenceNames: ReadonlySet<string> = new Set(['$ref', '$id', '$db']);

/** Throws unless a field path may have this name as one of its parts. */
export function checkFieldName(name: string): void {
  if (referenceNames.has(name)) return;
  if (name === '') throw new MongoError('Location15998', 'FieldPath field names may not be empty strings.');
  if (name.startsWith('$')) {
    throw new MongoError(
      'Location16410',
      `FieldPath field names may not start with '$'. Consider using $getField or $setField. Got: ${name}`,
    );
  }
  if (name.includes('\0')) throw new MongoError('Location16411', 'FieldPath field names may not contain null bytes.');
  if (name.includes('.')) throw new MongoError('Location16412', "FieldPath field names may not contain '.'.");
}

/**
 * The value at a path: documents are descended, arrays give the array of what their documents hold, positions in arrays
 * are not names. `encoded` are the same names as `encodeName` writes them.
 */
export function valueAtPath(
  document: BsonDocument,
  names: readonly string[],
  encoded: readonly string[],
  from = 0,
): Value | undefined {
  const bytes = document.encoded;
  if (bytes !== undefined) return valueAtBytes(bytes, encoded, names, from);
  const value = document.get(names[from] as string);
  return from === names.length - 1 ? value : descend(value, names, encoded, from + 1);
}

function valueAtBytes(
  bytes: Buffer,
  encoded: readonly string[],
  names: readonly string[],
  from: number,
): Value | undefined {
  let at = 0;
  for (let index = from; ; index++) {
    const name = encoded[index] as string;
    const element = findField(bytes, at, name);
    if (element < 0) return undefined;
    const type = bytes[element] as number;
    const value = element + name.length + 2;
    if (index === encoded.length - 1) return decodeValue(bytes, type, value);
    if (type === BsonType.array) return descend(decodeValue(bytes, type, value), names, encoded, index + 1);
    if (type !== BsonType.object) return undefined;
    at = value;
  }
}

/** What lies under a value at the rest of a path. */
export function descend(
  value: Value | undefined,
  names: readonly string[],
  encoded: readonly string[],
  from: number,
): Value | undefined {
  if (from === names.length) return value;
  if (value instanceof BsonDocument) return valueAtPath(value, names, encoded, from);
  if (!Array.isArray(value)) return undefined;
  const found: Value[] = [];
  for (const element of value) {
    if (!(element instanceof BsonDocument)) continue;
    const inner = valueAtPath(element, names, encoded, from);
    if (inner !== undefined) found.push(inner);
  }
  return found;
}

/** Documents up to this size are gone through for a field in no time. */
const smallBytes = 4096;

/** A value that was read; the elements of an array were made for it. */
function counted(value: Value | undefined, scope: Scope): Value | undefined {
  if (Array.isArray(value)) scope.step(value.length);
  return value;
}

/** `$a.b`: a path into the document. */
export class FieldPath implements Expression {
  readonly names: readonly string[];
  readonly #encoded: readonly string[];

  constructor(names: readonly string[]) {
    this.names = names;
    this.#encoded = names.map(encodeName);
  }

  /** The dotted path. */
  get path(): string {
    return this.names.join('.');
  }

  evaluate(scope: Scope): Value | undefined {
    const bytes = scope.root.encoded;
    if (bytes !== undefined && bytes.length > smallBytes) scope.step(Math.trunc(bytes.length / bytesPerStep));
    return counted(valueAtPath(scope.root, this.names, this.#encoded), scope);
  }
}

/** `$$name` or `$$name.a.b` of a variable that has a slot. */
export class Variable implements Expression {
  readonly #slot: number;
  readonly #names: readonly string[];
  readonly #encoded: readonly string[];

  constructor(slot: number, names: readonly string[]) {
    this.#slot = slot;
    this.#names = names;
    this.#encoded = names.map(encodeName);
  }

  evaluate(scope: Scope): Value | undefined {
    const value = scope.slots[this.#slot];
    return this.#names.length === 0 ? value : counted(descend(value, this.#names, this.#encoded, 0), scope);
  }
}

/** A system variable: something the scope knows. A path below one is followed like any other. */
export class SystemVariable implements Expression {
  readonly #read: (scope: Scope) => Value | undefined;
  readonly #names: readonly string[];
  readonly #encoded: readonly string[];

  constructor(read: (scope: Scope) => Value | undefined, names: readonly string[]) {
    this.#read = read;
    this.#names = names;
    this.#encoded = names.map(encodeName);
  }

  evaluate(scope: Scope): Value | undefined {
    return descend(this.#read(scope), this.#names, this.#encoded, 0);
  }
}
