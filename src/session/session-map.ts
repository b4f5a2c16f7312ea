/**
 * A map keyed by session id for a million entries: no string per key, no object per entry beside the value, and no pause
 * when it grows.
 *
 *   hash ─► one of 256 segments ─► slots: | word0 word1 word2 word3 | owner | value |   open addressing, linear probing
 *
 * A segment grows alone, so the longest stop is the rehash of a 256th of the entries. An entry costs 32 bytes per slot at
 * a load of 35 to 70 percent. The hash is seeded: clients choose the UUIDs and must not be able to choose the slots.
 */
import { type Owner, SessionId } from './logical-session-id.ts';

const segmentCount = 256;
const initialSlots = 8;
/** A segment doubles when more than this part of its slots is taken. */
const maxLoad = 0.7;

class Segment<T> {
  words = new Int32Array(initialSlots * 4);
  owners: (Owner | undefined)[] = new Array(initialSlots);
  values: (T | undefined)[] = new Array(initialSlots);
  slots = initialSlots;
  size = 0;
}

export class SessionMap<T extends object> {
  readonly #seed: number;
  readonly #segments: (Segment<T> | undefined)[] = new Array(segmentCount);
  #size = 0;

  /** `seed` is any 32-bit number that clients cannot know. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  get(id: SessionId): T | undefined {
    const hash = this.#hash(id);
    const segment = this.#segments[hash >>> 24];
    return segment === undefined ? undefined : segment.values[findSlot(segment, id, hash)];
  }

  has(id: SessionId): boolean {
    return this.get(id) !== undefined;
  }

  set(id: SessionId, value: T): void {
    const hash = this.#hash(id);
    const index = hash >>> 24;
    let segment = this.#segments[index];
    if (segment === undefined) {
      segment = new Segment<T>();
      this.#segments[index] = segment;
    }
    let slot = findSlot(segment, id, hash);
    if (segment.values[slot] === undefined) {
      if (segment.size + 1 > segment.slots * maxLoad) {
        segment = this.#grow(segment);
        this.#segments[index] = segment;
        slot = findSlot(segment, id, hash);
      }
      fill(segment, slot, id);
      segment.size++;
      this.#size++;
    }
    segment.values[slot] = value;
  }

  /** Removes the entry; answers whether there was one. */
  delete(id: SessionId): boolean {
    const hash = this.#hash(id);
    const segment = this.#segments[hash >>> 24];
    if (segment === undefined) return false;
    const slot = findSlot(segment, id, hash);
    if (segment.values[slot] === undefined) return false;
    this.#closeGap(segment, slot);
    segment.size--;
    this.#size--;
    return true;
  }

  /** The entries, in no particular order, a segment at a time: what changes meanwhile may or may not be seen. */
  *entries(): IterableIterator<[SessionId, T]> {
    for (const segment of this.#segments) if (segment !== undefined) yield* entriesOf(segment);
  }

  #hash(id: SessionId): number {
    let hash = Math.imul(id.word0 ^ this.#seed, 0x85ebca6b) ^ id.word1;
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ id.word2;
    hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f) ^ id.word3 ^ id.owner.hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  #grow(old: Segment<T>): Segment<T> {
    const segment = new Segment<T>();
    segment.slots = old.slots * 2;
    segment.words = new Int32Array(segment.slots * 4);
    segment.owners = new Array(segment.slots);
    segment.values = new Array(segment.slots);
    segment.size = old.size;
    for (const [id, value] of entriesOf(old)) {
      const slot = findSlot(segment, id, this.#hash(id));
      fill(segment, slot, id);
      segment.values[slot] = value;
    }
    return segment;
  }

  /** Empties a slot and moves up those behind it that would no longer be found across the gap. */
  #closeGap(segment: Segment<T>, emptied: number): void {
    const mask = segment.slots - 1;
    let gap = emptied;
    for (let slot = (gap + 1) & mask; segment.values[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = this.#hash(idAt(segment, slot)) & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      segment.words.copyWithin(gap * 4, slot * 4, slot * 4 + 4);
      segment.owners[gap] = segment.owners[slot];
      segment.values[gap] = segment.values[slot];
      gap = slot;
    }
    segment.owners[gap] = undefined;
    segment.values[gap] = undefined;
  }
}

/** The slot that holds the id, or the empty one where it belongs. */
function findSlot<T>(segment: Segment<T>, id: SessionId, hash: number): number {
  const mask = segment.slots - 1;
  const { words, owners, values } = segment;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    if (values[slot] === undefined) return slot;
    const at = slot * 4;
    if (
      words[at] === id.word0 &&
      words[at + 1] === id.word1 &&
      words[at + 2] === id.word2 &&
      words[at + 3] === id.word3 &&
      (owners[slot] as Owner).equals(id.owner)
    ) {
      return slot;
    }
  }
}

function fill<T>(segment: Segment<T>, slot: number, id: SessionId): void {
  const at = slot * 4;
  segment.words[at] = id.word0;
  segment.words[at + 1] = id.word1;
  segment.words[at + 2] = id.word2;
  segment.words[at + 3] = id.word3;
  segment.owners[slot] = id.owner;
}

function idAt<T>(segment: Segment<T>, slot: number): SessionId {
  const { words } = segment;
  const at = slot * 4;
  return new SessionId(
    words[at] as number,
    words[at + 1] as number,
    words[at + 2] as number,
    words[at + 3] as number,
    segment.owners[slot] as Owner,
  );
}

function entriesOf<T>(segment: Segment<T>): [SessionId, T][] {
  const entries: [SessionId, T][] = [];
  for (let slot = 0; slot < segment.slots; slot++) {
    const value = segment.values[slot];
    if (value !== undefined) entries.push([idAt(segment, slot), value]);
  }
  return entries;
}
