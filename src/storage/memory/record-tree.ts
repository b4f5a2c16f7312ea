import type { Key, KeyRange } from '../engine.ts';
import { createOrderedMap, type OrderedMap, walkRange } from '../ordered-map.ts';
import { type KeptValue, keepValue, valueOfKept } from './kept-value.ts';

/** Records of a table in key order. */
export interface RecordTree {
  readonly size: number;
  /** Whether it can hold this key. */
  accepts(key: Key): boolean;
  get(key: Key): Buffer | undefined;
  /** Puts or replaces a record whose key it accepts; keeps its bytes where nothing else of size is kept with them. */
  set(key: Key, value: Buffer): void;
  delete(key: Key): void;
  /**
   * A tree with the same records, to be changed from now on; this one stays as it is for those who read it, and must not be
   * changed any more. What is not changed they share.
   */
  successor(): RecordTree;
  /** Visits records of a range, in order or in reverse, until `visit` answers false. `visit` must not change them. */
  walk(range: KeyRange, reverse: boolean, visit: (key: Key, value: Buffer) => boolean): void;
}

/** Records with keys of any kind. */
export class KeyedRecords implements RecordTree {
  readonly #map: OrderedMap<KeptValue>;

  constructor(map: OrderedMap<KeptValue> = createOrderedMap<KeptValue>()) {
    this.#map = map;
  }

  get size(): number {
    return this.#map.size;
  }

  accepts(): boolean {
    return true;
  }

  get(key: Key): Buffer | undefined {
    const kept = this.#map.get(key);
    return kept === undefined ? undefined : valueOfKept(kept);
  }

  set(key: Key, value: Buffer): void {
    this.#map.set(key, keepValue(value));
  }

  delete(key: Key): void {
    this.#map.delete(key);
  }

  successor(): RecordTree {
    return new KeyedRecords(this.#map.clone());
  }

  walk(range: KeyRange, reverse: boolean, visit: (key: Key, value: Buffer) => boolean): void {
    walkRange(this.#map, range, reverse, (key, kept) => visit(key, valueOfKept(kept)));
  }
}

/** The same records, able to hold any key. */
export function keyedRecordsOf(records: RecordTree): KeyedRecords {
  const keyed = new KeyedRecords();
  records.walk({}, false, (key, value) => {
    keyed.set(key, value);
    return true;
  });
  return keyed;
}
