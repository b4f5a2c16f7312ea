/**
 * The writes of one open transaction: invisible to others until its commit, and laid over the snapshot in its own reads.
 *
 * Most transactions write one statement and never read again, so that a statement is only remembered as the array that
 * it came in. The first read after it files its writes under their keys; the first scan of a table puts that table's
 * keys in order; both are then kept up to date. Later writes of a key replace earlier ones.
 */
import type { Key, KeyRange, ScanBatch, ScanOptions, TableId, Write } from './engine.ts';
import { createOrderedMap, type OrderedMap, walkRange } from './ordered-map.ts';

/** Up to so many writes, comparing all with all is cheaper than filing them. */
const fewWrites = 8;

interface TableWrites {
  readonly byKey: Map<Key, Write>;
  /** The same writes in key order; present once the table was scanned. */
  ordered: OrderedMap<Write> | undefined;
}

const noTables = new Map<TableId, TableWrites>();

export class WriteSet {
  /** Statements that are not filed yet, oldest first. */
  #unfiled: (readonly Write[])[] = [];
  /** Made when the first statement is filed. */
  #tables: Map<TableId, TableWrites> = noTables;
  /** Number of writes taken, rewritten keys counted again. */
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes the writes of a statement, which must not change afterwards. */
  add(statement: readonly Write[]): void {
    this.#unfiled.push(statement);
    this.#count += statement.length;
  }

  /** The own write of this key; its `value` is undefined where the transaction removed the record. */
  find(table: TableId, key: Key): Write | undefined {
    if (this.#unfiled.length > 0) this.#file();
    return this.#tables.get(table)?.byKey.get(key);
  }

  /** The own writes of a table in key order, or undefined when there are none. */
  ordered(table: TableId): OrderedMap<Write> | undefined {
    if (this.#unfiled.length > 0) this.#file();
    const writes = this.#tables.get(table);
    if (writes === undefined) return undefined;
    if (writes.ordered === undefined) {
      writes.ordered = createOrderedMap<Write>();
      for (const write of writes.byKey.values()) writes.ordered.set(write.key, write);
    }
    return writes.ordered;
  }

  /** Visits the last write of every key, once. */
  forEachKey(visit: (write: Write) => void): void {
    const [only] = this.#unfiled;
    if (only !== undefined && only.length === this.#count && only.length <= fewWrites && hasDistinctKeys(only)) {
      for (const write of only) visit(write);
      return;
    }
    this.#file();
    for (const writes of this.#tables.values()) for (const write of writes.byKey.values()) visit(write);
  }

  /** Visits writes so that each key's last one comes after its others, without the cost of filing them. */
  forEach(visit: (write: Write) => void): void {
    for (const writes of this.#tables.values()) for (const write of writes.byKey.values()) visit(write);
    for (const statement of this.#unfiled) for (const write of statement) visit(write);
  }

  #file(): void {
    if (this.#tables === noTables) this.#tables = new Map();
    for (const statement of this.#unfiled) {
      for (const write of statement) {
        let writes = this.#tables.get(write.table);
        if (writes === undefined) {
          writes = { byKey: new Map(), ordered: undefined };
          this.#tables.set(write.table, writes);
        }
        const earlier = writes.byKey.get(write.key);
        // What was stored is what the first write met; a later one speaks of that write, if of anything.
        const last = earlier === undefined ? write : again(write, earlier);
        writes.byKey.set(write.key, last);
        writes.ordered?.set(write.key, last);
      }
    }
    this.#unfiled = [];
  }
}

type ScanStored = (range: KeyRange, options: ScanOptions) => ScanBatch;

function again({ table, key, value }: Write, { replaces }: Write): Write {
  return replaces === undefined ? { table, key, value } : { table, key, value, replaces };
}

/** Whether a statement writes no key twice. */
function hasDistinctKeys(writes: readonly Write[]): boolean {
  return writes.every((write, at) => {
    for (let other = 0; other < at; other++) {
      const { table, key } = writes[other] as Write;
      if (table === write.table && key === write.key) return false;
    }
    return true;
  });
}

/**
 * A scan of the stored records with own writes laid over them: they replace, remove and add. `scanStored` answers from
 * the snapshot alone.
 */
export function scanThrough(
  own: OrderedMap<Write>,
  range: KeyRange,
  options: ScanOptions,
  scanStored: ScanStored,
): ScanBatch {
  const reverse = options.reverse === true;
  const merged = { keys: [] as Key[], values: [] as Buffer[] };
  let rest = range;
  for (;;) {
    const storedLimit = options.limit - merged.keys.length;
    const step = mergeStep(merged, own, rest, options, storedLimit, scanStored);
    if (step.isCut) return { ...merged, more: true };
    if (step.rest === undefined) return { ...merged, more: false };
    rest = step.rest;
    const found = merged.keys.length;
    if (found === options.limit || (found > 0 && step.storedCount < storedLimit)) {
      return { ...merged, more: hasAny(own, rest, reverse, scanStored) };
    }
  }
}

/** How many stored records are looked at in one go where one that is left is all that is wanted. */
const glanceRecords = 16;

/** Whether anything is left in the range. A long row of own removals may lie before it. */
function hasAny(own: OrderedMap<Write>, range: KeyRange, reverse: boolean, scanStored: ScanStored): boolean {
  const merged = { keys: [] as Key[], values: [] as Buffer[] };
  let rest: KeyRange | undefined = range;
  while (rest !== undefined) {
    const step = mergeStep(merged, own, rest, { reverse, limit: 1 }, glanceRecords, scanStored);
    if (merged.keys.length > 0) return true;
    rest = step.rest;
  }
  return false;
}

/** Merges one stored batch; `rest` is what of the range lies behind it, `isCut` that the limit left some of it out. */
function mergeStep(
  { keys, values }: { keys: Key[]; values: Buffer[] },
  own: OrderedMap<Write>,
  range: KeyRange,
  options: ScanOptions,
  storedLimit: number,
  scanStored: ScanStored,
): { readonly isCut: boolean; readonly storedCount: number; readonly rest: KeyRange | undefined } {
  const reverse = options.reverse === true;
  const stored = scanStored(range, { reverse, limit: storedLimit });
  const lastKey = stored.keys.at(-1);
  // Own writes are merged as far as the stored batch reaches; behind its last key only when the range ends with it.
  const isPart = stored.more && lastKey !== undefined;
  const reached = isPart ? upTo(range, lastKey, reverse) : range;
  const isCut = !mergeInto(keys, values, own, reached, stored, options);
  return { isCut, storedCount: stored.keys.length, rest: isPart ? behind(range, lastKey, reverse) : undefined };
}

/** Appends the merge of a stored batch with the own writes of the same range; false when the limit cut it short. */
function mergeInto(
  keys: Key[],
  values: Buffer[],
  own: OrderedMap<Write>,
  range: KeyRange,
  stored: ScanBatch,
  options: ScanOptions,
): boolean {
  const { limit } = options;
  const reverse = options.reverse === true;
  let next = 0;
  let complete = true;
  const append = (key: Key, value: Buffer): boolean => {
    if (keys.length === limit) complete = false;
    else {
      keys.push(key);
      values.push(value);
    }
    return complete;
  };
  const appendStoredBefore = (key: Key | undefined): boolean => {
    for (; next < stored.keys.length; next++) {
      const storedKey = stored.keys[next] as Key;
      if (key !== undefined && (reverse ? storedKey <= key : storedKey >= key)) return true;
      if (!append(storedKey, stored.values[next] as Buffer)) return false;
    }
    return true;
  };
  walkRange(own, range, reverse, (key, write) => {
    if (!appendStoredBefore(key)) return false;
    if (stored.keys[next] === key) next++;
    return write.value === undefined || append(key, write.value);
  });
  return complete && appendStoredBefore(undefined);
}

/** The part of the range that has been scanned once `key` is its last record. */
function upTo(range: KeyRange, key: Key, reverse: boolean): KeyRange {
  return reverse ? { ...range, lower: key, lowerExclusive: false } : { ...range, upper: key, upperExclusive: false };
}

/** The part of a range that is left once a scan ended with `key`. */
export function behind(range: KeyRange, key: Key, reverse = false): KeyRange {
  return reverse ? { ...range, upper: key, upperExclusive: true } : { ...range, lower: key, lowerExclusive: true };
}
