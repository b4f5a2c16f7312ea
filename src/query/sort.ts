/**
 * Orders of documents. A document's place is one string: the parts of its sort fields as ordered keys, one behind the
 * other. Where an array lies on the paths, its smallest element counts (its largest where the order is descending).
 */
import { compareValues } from '../bson/compare.ts';
import { toDecimal } from '../bson/decimal.ts';
import { toDouble } from '../bson/number.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { printValue } from '../bson/print.ts';
import { Decimal128 } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { Collation } from './collation.ts';
import { KeyPaths, type KeyTuples } from './key-tuples.ts';
import type { TextNode } from './text/text-search.ts';

/** One field of a sort, in order. */
export interface SortField {
  readonly path: string;
  readonly isDescending: boolean;
  /** Orders by the text score, best first, instead of what is at the path. */
  readonly isTextScore?: boolean;
}

/** A parsed sort. */
export class Sort {
  readonly specification: BsonDocument;
  readonly fields: readonly SortField[];
  readonly collation: Collation | undefined;
  /** `{$natural: ±1}`; then `fields` is empty. */
  readonly natural: 1 | -1 | undefined;
  readonly #paths: KeyPaths;
  readonly #text: TextNode | undefined;

  constructor(
    specification: BsonDocument,
    fields: readonly SortField[],
    collation: Collation | undefined,
    natural: 1 | -1 | undefined,
    text?: TextNode | undefined,
  ) {
    this.specification = specification;
    this.fields = fields;
    this.collation = collation?.isSimple === true ? undefined : collation;
    this.natural = natural;
    this.#paths = new KeyPaths(fields.map((field) => field.path));
    this.#text = text;
  }

  /** A string that orders like the documents: smaller keys first, equal keys for ties. Throws BadValue for parallel arrays. */
  keyOf(document: BsonDocument): string {
    const { tuples } = this.#tuplesOf(document);
    const score = this.#text?.score(document);
    let least: string | undefined;
    for (const tuple of tuples) {
      const key = this.#encode(tuple, score);
      if (least === undefined || key < least) least = key;
    }
    return least ?? '';
  }

  #encode(tuple: readonly (Value | undefined)[], score: number | undefined): string {
    let key = '';
    for (let index = 0; index < tuple.length; index++) {
      const { isDescending, isTextScore } = this.fields[index] as SortField;
      key += encodeKeyPart(isTextScore === true ? score : tuple[index], isDescending, this.collation);
    }
    return key;
  }

  /** The values by which the document is sorted, as `{$meta: 'sortKey'}` shows them; missing ones are null. */
  valuesOf(document: BsonDocument): Value[] {
    const { tuples } = this.#tuplesOf(document);
    let least: readonly (Value | undefined)[] = [];
    let leastKey: string | undefined;
    for (const tuple of tuples) {
      const key = this.#encode(tuple, undefined);
      if (leastKey !== undefined && key >= leastKey) continue;
      least = tuple;
      leastKey = key;
    }
    return least.map((value) => value ?? null);
  }

  /** Negative, zero or positive as `left` comes before, with or after `right`. */
  compare(left: BsonDocument, right: BsonDocument): number {
    const leftKey = this.keyOf(left);
    const rightKey = this.keyOf(right);
    return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
  }

  #tuplesOf(document: BsonDocument): KeyTuples {
    try {
      return this.#paths.tuplesOf(encodeDocument(document));
    } catch (error) {
      if (!isMongoError(error, 'CannotIndexParallelArrays')) throw error;
      throw new MongoError('BadValue', error.message.replace('cannot index', 'cannot sort with keys that are'));
    }
  }
}

/**
 * Reads a sort. Throws BadValue, 15974, 15975, 15976 for what is none. `{$meta: 'textScore'}` needs the $text of the query's
 * filter; other metadata is refused with 40218 or 31138.
 */
export function parseSort(
  specification: BsonDocument,
  collation?: Collation | undefined,
  text?: TextNode | undefined,
): Sort {
  const natural = specification.get('$natural');
  if (natural !== undefined) return parseNatural(specification, natural, collation);
  const fields: SortField[] = [];
  for (const [path, direction] of specification.entries()) {
    if (path === '') throw new MongoError('Location15976', 'The sort key cannot be the empty string');
    checkPath(path);
    if (direction instanceof BsonDocument) {
      if (text === undefined || direction.get('$meta') !== 'textScore') refuseMetadata(direction);
      fields.push({ path, isDescending: true, isTextScore: true });
      continue;
    }
    fields.push({ path, isDescending: isDescending(direction) });
  }
  if (fields.length > limits.fieldsPerIndex) throw new MongoError('Location13103', 'too many compound keys');
  const isByScore = fields.some((field) => field.isTextScore === true);
  return new Sort(specification, fields, collation, undefined, isByScore ? text : undefined);
}

function parseNatural(specification: BsonDocument, natural: Value, collation: Collation | undefined): Sort {
  if (specification.size() > 1) {
    throw new MongoError('BadValue', `Cannot include '$natural' in compound sort: ${printValue(specification)}`);
  }
  const direction = isNumeric(natural) ? toDouble(natural) : 0;
  if (direction !== 1 && direction !== -1) {
    throw new MongoError('BadValue', `$natural sort cannot be set to a value other than -1 or 1.`);
  }
  return new Sort(specification, [], collation, direction);
}

function checkPath(path: string): void {
  if (path.startsWith('$')) {
    throw new MongoError(
      'Location16410',
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  if (path.endsWith('.')) throw new MongoError('Location40353', "FieldPath must not end with a '.'.");
  const names = path.split('.');
  if (names.includes('')) throw new MongoError('Location15998', 'FieldPath field names may not be empty strings.');
  if (names.some((name) => name.startsWith('$') && !/^\$(ref|id|db)$/.test(name))) {
    throw new MongoError('Location16410', "FieldPath field names may not start with '$'.");
  }
}

/** ±1 in any numeric type; fractions are cut, decimals rounded. */
function isDescending(direction: Value): boolean {
  if (!isNumeric(direction)) {
    throw new MongoError('Location15974', `Illegal key in $sort specification: ${printValue(direction)}`);
  }
  const whole =
    direction instanceof Decimal128
      ? toDecimal(direction).toDecimalPlaces(0).toNumber()
      : Math.trunc(toDouble(direction));
  if (whole !== 1 && whole !== -1) {
    throw new MongoError('Location15975', '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
  }
  return whole < 0;
}

function refuseMetadata(direction: BsonDocument): never {
  const kind = direction.get('$meta');
  if (kind === undefined) {
    throw new MongoError('Location17312', `$meta is the only expression supported by $sort right now`);
  }
  if (kind === 'textScore' || kind === 'geoNearDistance') {
    throw new MongoError('Location40218', `query requires ${kind} metadata, but it is not available`);
  }
  throw new MongoError('Location31138', `Illegal $meta sort: ${printValue(direction)}`);
}

/** Orders bare values as $push's `$sort: 1` and $sortArray do. */
export function compareForSort(left: Value | undefined, right: Value | undefined, collation?: Collation): number {
  return compareValues(left ?? null, right ?? null, collation?.isSimple === true ? undefined : collation);
}
