/**
 * Up to 64 records with neighbouring numbers, their bytes side by side in one block.
 *
 *   extents   slot 0 ───┐   slot 1 ────────────────────┐   slot 2 ───┐
 *   block     │ 0 ······│ 1, as it was before ·│ 2 ····│ 1 ·········│ free          │
 *
 * An array object and memory of its own for each value would cost more than most values are long, in room and above all in
 * work for the collector. So a value is known by its extent in the block, and whoever asks for it gets a view of it that is
 * forgotten as quickly as it was made. A block is only ever written behind what it holds: who reads a value goes on seeing
 * it as it was, and the block goes away with the last who does. What was replaced stays in it as waste, until the block is
 * full; then the values move into a new one.
 */
import type { Key } from '../engine.ts';
import { ownBytes } from './own-bytes.ts';

/** Whoever made a leaf may change it. */
export type Owner = object;

/** Records of a leaf. */
export const leafWidth = 64;

/** A longer value has memory of its own. */
const longestPackedBytes = 1024;

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
  /** Of the values in the block. */
  #valueBytes = 0;
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
    this.#valueBytes = like.#valueBytes;
    this.#count = like.#count;
  }

  get count(): number {
    return this.#count;
  }

  get(slot: number): Buffer | undefined {
    const extent = this.#extents[slot] as number;
    return extent === nowhere ? this.#long?.[slot] : viewOf(this.#block, extent);
  }

  /** Visits the records of these slots, in order or in reverse. Answers false once `visit` does. */
  walk(from: number, to: number, reverse: boolean, visit: (key: Key, value: Buffer) => boolean): boolean {
    const [keys, extents, block] = [this.#keys, this.#extents, this.#block];
    for (let step = 0; step <= to - from; step++) {
      const slot = reverse ? to - step : from + step;
      const key = keys[slot];
      if (key === undefined) continue;
      const extent = extents[slot] as number;
      const value = extent === nowhere ? (this.#long?.[slot] as Buffer) : viewOf(block, extent);
      if (!visit(key, value)) return false;
    }
    return true;
  }

  /** Puts or replaces a record, with a copy of its bytes. */
  set(slot: number, key: Key, value: Buffer): void {
    if (this.#keys[slot] === undefined) {
      this.#keys[slot] = key;
      this.#count++;
    } else this.#forget(slot);
    if (value.length <= longestPackedBytes) this.#pack(slot, value);
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
    if (this.#block.length > Math.max(4 * this.#valueBytes, smallBlockBytes)) this.#moveAll(0);
  }

  #forget(slot: number): void {
    const extent = this.#extents[slot] as number;
    if (extent === nowhere) (this.#long as (Buffer | undefined)[])[slot] = undefined;
    else {
      this.#extents[slot] = nowhere;
      this.#valueBytes -= extent & lengthMask;
    }
  }

  #pack(slot: number, value: Buffer): void {
    if (this.#writtenBytes + value.length > this.#block.length) this.#makeRoom(value.length);
    const start = this.#writtenBytes;
    this.#block.set(value, start);
    this.#extents[slot] = (start << lengthBits) | value.length;
    this.#writtenBytes = start + value.length;
    this.#valueBytes += value.length;
  }

  /** Makes room for a value of so many bytes. */
  #makeRoom(bytes: number): void {
    const valueBytes = this.#valueBytes + bytes;
    // Where values were replaced more will be, half of them until the next time; else what the free slots will want.
    const hasWaste = this.#writtenBytes > this.#valueBytes;
    const wanted = hasWaste ? valueBytes / 2 : (leafWidth - this.#count) * (valueBytes / this.#count);
    this.#moveAll(bytes + Math.ceil(Math.min(wanted, valueBytes)));
  }

  /** Moves all values into a new block with room for so many bytes more. */
  #moveAll(room: number): void {
    const from = this.#block;
    this.#block = Buffer.allocUnsafeSlow(this.#valueBytes + room);
    let end = 0;
    for (let slot = 0; slot < leafWidth; slot++) {
      const extent = this.#extents[slot] as number;
      if (extent === nowhere) continue;
      const [start, length] = [extent >> lengthBits, extent & lengthMask];
      from.copy(this.#block, end, start, start + length);
      this.#extents[slot] = (end << lengthBits) | length;
      end += length;
    }
    this.#writtenBytes = end;
  }
}

function viewOf(block: Buffer, extent: number): Buffer {
  const start = extent >> lengthBits;
  return block.subarray(start, start + (extent & lengthMask));
}
