/**
 * Gives session ids numbers and finds them again, for millions of them: nothing here is an object per session, so that
 * neither memory nor the garbage collector grows with them, and nothing ever stops to rehash them all.
 *
 *   hash ─► one of 256 segments ─► slots | hash, entry |  open addressing, linear probing; a segment grows alone
 *                                            │
 *   entry ─► words of the UUID, owner        └─► …and the columns that others keep by entry (`column.ts`)
 *
 * Entries are small numbers, given out densely and again after a deletion. The hash is seeded: clients choose the UUIDs
 * and must not be able to choose the slots.
 */
import { yieldToEvents } from '../clock/clock.ts';
import { Int32Column, ReferenceColumn } from './column.ts';
import { type Owner, SessionId } from './logical-session-id.ts';

const initialSlots = 8;
/** A segment doubles when more than this part of its slots is taken. */
const maxLoad = 0.7;
/** What two bytes can hold. */
const leadingNumbers = 1 << 16;
/** Entries that are gone through in one turn of the event loop. */
const sliceEntries = 50_000;
/** What an empty slot holds instead of an entry. */
const none = -1;

class Segment {
  /** Hash and entry, slot after slot. */
  readonly cells: Int32Array;
  readonly slots: number;
  size = 0;

  constructor(slots: number) {
    this.slots = slots;
    this.cells = new Int32Array(slots * 2).fill(none);
  }
}

export class SessionIndex {
  readonly #seed: number;
  readonly #segments: Segment[] = [];
  readonly #words = new Int32Column(4);
  readonly #owners = new ReferenceColumn<Owner>();
  readonly #free: number[] = [];
  #entries = 0;

  /** `seed` is any 32-bit number that clients cannot know. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#entries - this.#free.length;
  }

  /** The entry of this id, or -1. */
  find(id: SessionId): number {
    const hash = this.#hash(id);
    const segment = this.#segments[hash >>> 24];
    if (segment === undefined) return none;
    return segment.cells[this.#slotOf(segment, id, hash) * 2 + 1] as number;
  }

  /** The entry of this id, given out now where there is none yet. */
  obtain(id: SessionId): number {
    const hash = this.#hash(id);
    let segment = this.#segments[hash >>> 24] ?? this.#open(hash >>> 24, initialSlots);
    let slot = this.#slotOf(segment, id, hash);
    const known = segment.cells[slot * 2 + 1] as number;
    if (known !== none) return known;
    if (segment.size + 1 > segment.slots * maxLoad) {
      segment = this.#grow(hash >>> 24, segment);
      slot = this.#slotOf(segment, id, hash);
    }
    const entry = this.#free.pop() ?? this.#entries++;
    this.#words.set(entry, 0, id.word0);
    this.#words.set(entry, 1, id.word1);
    this.#words.set(entry, 2, id.word2);
    this.#words.set(entry, 3, id.word3);
    this.#owners.set(entry, id.owner);
    segment.cells[slot * 2] = hash;
    segment.cells[slot * 2 + 1] = entry;
    segment.size++;
    return entry;
  }

  /** Takes the id out; answers the entry that it had, or -1. */
  delete(id: SessionId): number {
    const hash = this.#hash(id);
    const segment = this.#segments[hash >>> 24];
    if (segment === undefined) return none;
    const slot = this.#slotOf(segment, id, hash);
    const entry = segment.cells[slot * 2 + 1] as number;
    if (entry === none) return none;
    closeGap(segment, slot);
    segment.size--;
    this.#owners.set(entry, undefined);
    this.#free.push(entry);
    return entry;
  }

  /** The id that has this entry. */
  idOf(entry: number): SessionId {
    const words = this.#words;
    const owner = this.#owners.get(entry) as Owner;
    return new SessionId(words.get(entry, 0), words.get(entry, 1), words.get(entry, 2), words.get(entry, 3), owner);
  }

  /** Entries that are given out, in order; what changes meanwhile may or may not be seen. */
  *entries(): IterableIterator<number> {
    for (let entry = 0; entry < this.#entries; entry++) if (this.#owners.get(entry) !== undefined) yield entry;
  }

  /**
   * Entries that are given out now, by the order of their UUIDs' first two bytes: whoever writes them under their ids goes
   * through the pages of a store from the first to the last. Counted and placed in slices; nothing may change meanwhile.
   */
  async entriesInOrder(): Promise<Int32Array> {
    const starts = new Int32Array(leadingNumbers + 1);
    await this.#forEachInSlices((entry) => {
      const behind = this.#leadingNumber(entry) + 1;
      starts[behind] = (starts[behind] as number) + 1;
    });
    for (let number = 1; number <= leadingNumbers; number++) {
      starts[number] = (starts[number] as number) + (starts[number - 1] as number);
    }
    const ordered = new Int32Array(this.size);
    await this.#forEachInSlices((entry) => {
      const number = this.#leadingNumber(entry);
      const place = starts[number] as number;
      ordered[place] = entry;
      starts[number] = place + 1;
    });
    return ordered;
  }

  async #forEachInSlices(visit: (entry: number) => void): Promise<void> {
    for (let entry = 0; entry < this.#entries; entry++) {
      if (this.#owners.get(entry) !== undefined) visit(entry);
      if ((entry + 1) % sliceEntries === 0) await yieldToEvents();
    }
  }

  #leadingNumber(entry: number): number {
    const word = this.#words.get(entry, 0);
    return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
  }

  #hash(id: SessionId): number {
    let hash = Math.imul(id.word0 ^ this.#seed, 0x85ebca6b) ^ id.word1;
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ id.word2;
    hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f) ^ id.word3 ^ id.owner.hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  /** The slot that holds the id, or the empty one where it belongs. */
  #slotOf(segment: Segment, id: SessionId, hash: number): number {
    const mask = segment.slots - 1;
    const { cells } = segment;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = cells[slot * 2 + 1] as number;
      if (entry === none || (cells[slot * 2] === hash && this.#holds(entry, id))) return slot;
    }
  }

  #holds(entry: number, id: SessionId): boolean {
    const words = this.#words;
    return (
      words.get(entry, 0) === id.word0 &&
      words.get(entry, 1) === id.word1 &&
      words.get(entry, 2) === id.word2 &&
      words.get(entry, 3) === id.word3 &&
      (this.#owners.get(entry) as Owner).equals(id.owner)
    );
  }

  #open(index: number, slots: number): Segment {
    const segment = new Segment(slots);
    this.#segments[index] = segment;
    return segment;
  }

  #grow(index: number, old: Segment): Segment {
    const segment = this.#open(index, old.slots * 2);
    segment.size = old.size;
    const mask = segment.slots - 1;
    for (let from = 0; from < old.cells.length; from += 2) {
      const hash = old.cells[from] as number;
      const entry = old.cells[from + 1] as number;
      if (entry === none) continue;
      let slot = hash & mask;
      while (segment.cells[slot * 2 + 1] !== none) slot = (slot + 1) & mask;
      segment.cells[slot * 2] = hash;
      segment.cells[slot * 2 + 1] = entry;
    }
    return segment;
  }
}

/** Empties a slot and moves up those behind it that would no longer be found across the gap. */
function closeGap({ cells, slots }: Segment, emptied: number): void {
  const mask = slots - 1;
  let gap = emptied;
  for (let slot = (gap + 1) & mask; cells[slot * 2 + 1] !== none; slot = (slot + 1) & mask) {
    const home = (cells[slot * 2] as number) & mask;
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    cells.copyWithin(gap * 2, slot * 2, slot * 2 + 2);
    gap = slot;
  }
  cells[gap * 2 + 1] = none;
}

/** What `make` makes of each entry, when it is asked for. */
export function* mapped<T>(entries: Iterable<number>, make: (entry: number) => T): IterableIterator<T> {
  for (const entry of entries) yield make(entry);
}
