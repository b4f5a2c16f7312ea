/**
 * Up to 64 records with neighbouring numbers, their bytes side by side in one block.
 *
 *   extents   slot 0 ───┐   slot 1 ────────────────────┐   slot 2 ───┐
 *   block     │ 0 ······│ 1, as it was before ·│ 2 ····│ 1 ·········│ free          │
 *             └───────── shared ─────────┴── own: written in place ──┘
 *
 * An array object and memory of its own for each value would cost more than most values are long, in room and above all in
 * work for the collector, which walks all that lives whenever enough of it was replaced. So a value is known by its extent
 * in the block. One that is asked for by itself is copied out, and its place may be written again. What is read in bulk,
 * or stays with an older tree, is not copied but shared: from then on that part of the block never changes and goes away
 * with its last reader, while new values go behind it. What was replaced there is waste until the block is full; then the
 * values move into a new one.
 */
import type { Key } from '../engine.ts';
import { ownBytes } from './kept-value.ts';

/** Whoever made a leaf may change it. */
export type Owner = object;

/** Records of a leaf. */
export const leafWidth = 64;

/** A longer value has memory of its own. */
const longestPackedBytes = 1024;

/** The places of values are multiples of this, so that one may be replaced by another of about its length. */
const placeUnitBytes = 16;

/** An extent is one number: the length of a value in its lowest bits, above them where it starts. */
const lengthBits = 11;
const lengthMask = (1 << lengthBits) - 1;

/** The extent of what has none. */
const nowhere = -1;

const noBlock = Buffer.alloc(0);

/** A block of less than so many bytes is not worth a move. */
const smallBlockBytes = 2048;

export class RecordLeaf {
  readonly owner: Owner;
  /** By slot; undefined where there is no record. */
  readonly #keys: (Key | undefined)[];
  readonly #extents: number[];
  /** Values longer than is packed, by slot; made for the first. */
  #long: (Buffer | undefined)[] | undefined;
  #block = noBlock;
  /** How far the block is written. */
  #writtenBytes = 0;
  /** How far others may read it, too. */
  #sharedBytes = 0;
  /** Of the places of all values in the block. */
  #placedBytes = 0;
  #count = 0;

  constructor(owner: Owner, like?: RecordLeaf) {
    this.owner = owner;
    if (like === undefined) {
      this.#keys = new Array<Key | undefined>(leafWidth).fill(undefined);
      this.#extents = new Array<number>(leafWidth).fill(nowhere);
      return;
    }
    this.#keys = like.#keys.slice();
    this.#extents = like.#extents.slice();
    this.#long = like.#long?.slice();
    // The other is never written again, so that the rest of its block is free to take.
    this.#block = like.#block;
    this.#writtenBytes = like.#writtenBytes;
    this.#sharedBytes = like.#writtenBytes;
    this.#placedBytes = like.#placedBytes;
    this.#count = like.#count;
  }

  get count(): number {
    return this.#count;
  }

  /** The value of a slot, in memory that does not change. */
  get(slot: number): Buffer | undefined {
    const extent = this.#extents[slot] as number;
    if (extent === nowhere) return this.#long?.[slot];
    const [start, length] = [extent >> lengthBits, extent & lengthMask];
    const value = Buffer.allocUnsafe(length);
    this.#block.copy(value, 0, start, start + length);
    return value;
  }

  /** Visits the records of these slots, in order or in reverse. Answers false once `visit` does. */
  walk(from: number, to: number, reverse: boolean, visit: (key: Key, value: Buffer) => boolean): boolean {
    const [keys, extents, block] = [this.#keys, this.#extents, this.#block];
    this.#sharedBytes = this.#writtenBytes;
    for (let step = 0; step <= to - from; step++) {
      const slot = reverse ? to - step : from + step;
      const key = keys[slot];
      if (key === undefined) continue;
      const extent = extents[slot] as number;
      const start = extent >> lengthBits;
      const value =
        extent === nowhere ? (this.#long?.[slot] as Buffer) : block.subarray(start, start + (extent & lengthMask));
      if (!visit(key, value)) return false;
    }
    return true;
  }

  /** Puts or replaces a record, with a copy of its bytes. */
  set(slot: number, key: Key, value: Buffer): void {
    if (this.#keys[slot] === undefined) {
      this.#keys[slot] = key;
      this.#count++;
    } else if (this.#overwrite(slot, value)) return;
    else this.#forget(slot);
    if (value.length <= longestPackedBytes) this.#append(slot, value);
    else {
      this.#long ??= new Array<Buffer | undefined>(leafWidth).fill(undefined);
      this.#long[slot] = ownBytes(value);
    }
  }

  delete(slot: number): void {
    if (this.#keys[slot] === undefined) return;
    this.#keys[slot] = undefined;
    this.#count--;
    this.#forget(slot);
    if (this.#block.length > Math.max(4 * this.#placedBytes, smallBlockBytes)) this.#moveAll(0);
  }

  /** Writes a value where the last one was, if nobody reads that and it takes as much room. */
  #overwrite(slot: number, value: Buffer): boolean {
    const extent = this.#extents[slot] as number;
    const start = extent >> lengthBits;
    if (start < this.#sharedBytes || placeBytes(value.length) !== placeBytes(extent & lengthMask)) return false;
    this.#block.set(value, start);
    this.#extents[slot] = (start << lengthBits) | value.length;
    return true;
  }

  #forget(slot: number): void {
    const extent = this.#extents[slot] as number;
    if (extent === nowhere) (this.#long as (Buffer | undefined)[])[slot] = undefined;
    else {
      this.#extents[slot] = nowhere;
      this.#placedBytes -= placeBytes(extent & lengthMask);
    }
  }

  #append(slot: number, value: Buffer): void {
    const bytes = placeBytes(value.length);
    if (this.#writtenBytes + bytes > this.#block.length) this.#makeRoom(bytes);
    const start = this.#writtenBytes;
    this.#block.set(value, start);
    this.#extents[slot] = (start << lengthBits) | value.length;
    this.#writtenBytes = start + bytes;
    this.#placedBytes += bytes;
  }

  /** Makes room for a value of so many bytes. */
  #makeRoom(bytes: number): void {
    const placedBytes = this.#placedBytes + bytes;
    // Where values were replaced more will be, half of them until the next time; else what the free slots will want.
    const hasWaste = this.#writtenBytes > this.#placedBytes;
    const wanted = hasWaste ? placedBytes / 2 : (leafWidth - this.#count) * (placedBytes / this.#count);
    this.#moveAll(bytes + Math.ceil(Math.min(wanted, placedBytes)));
  }

  /** Moves all values into a new block with room for so many bytes more. */
  #moveAll(room: number): void {
    const from = this.#block;
    this.#block = Buffer.allocUnsafeSlow(this.#placedBytes + room);
    this.#sharedBytes = 0;
    if (this.#writtenBytes === this.#placedBytes) {
      // There is no waste.
      from.copy(this.#block, 0, 0, this.#writtenBytes);
      return;
    }
    let end = 0;
    for (let slot = 0; slot < leafWidth; slot++) {
      const extent = this.#extents[slot] as number;
      if (extent === nowhere) continue;
      const [start, length] = [extent >> lengthBits, extent & lengthMask];
      from.copy(this.#block, end, start, start + length);
      this.#extents[slot] = (end << lengthBits) | length;
      end += placeBytes(length);
    }
    this.#writtenBytes = end;
  }
}

/** Bytes of the place of a value of this length. */
function placeBytes(length: number): number {
  return (length + placeUnitBytes - 1) & -placeUnitBytes;
}
