/**
 * Values by small number, in chunks that never move: a column grows by one chunk at a time, however long it is.
 */

const chunkBits = 12;
const chunkEntries = 1 << chunkBits;
const chunkMask = chunkEntries - 1;

/** 32-bit integers, `width` of them for each entry. */
export class Int32Column {
  readonly #chunks: Int32Array[] = [];
  readonly #width: number;

  constructor(width = 1) {
    this.#width = width;
  }

  get(entry: number, part = 0): number {
    return (this.#chunks[entry >>> chunkBits] as Int32Array)[(entry & chunkMask) * this.#width + part] as number;
  }

  set(entry: number, part: number, value: number): void {
    let chunk = this.#chunks[entry >>> chunkBits];
    if (chunk === undefined) {
      chunk = new Int32Array(chunkEntries * this.#width);
      this.#chunks[entry >>> chunkBits] = chunk;
    }
    chunk[(entry & chunkMask) * this.#width + part] = value;
  }
}

/** Doubles. */
export class Float64Column {
  readonly #chunks: Float64Array[] = [];

  get(entry: number): number {
    return (this.#chunks[entry >>> chunkBits] as Float64Array)[entry & chunkMask] as number;
  }

  set(entry: number, value: number): void {
    let chunk = this.#chunks[entry >>> chunkBits];
    if (chunk === undefined) {
      chunk = new Float64Array(chunkEntries);
      this.#chunks[entry >>> chunkBits] = chunk;
    }
    chunk[entry & chunkMask] = value;
  }
}

/** References to objects that many entries share, or that each has for itself. */
export class ReferenceColumn<T> {
  readonly #chunks: (T | undefined)[][] = [];

  get(entry: number): T | undefined {
    return this.#chunks[entry >>> chunkBits]?.[entry & chunkMask];
  }

  set(entry: number, value: T | undefined): void {
    let chunk = this.#chunks[entry >>> chunkBits];
    if (chunk === undefined) {
      chunk = new Array<T | undefined>(chunkEntries).fill(undefined);
      this.#chunks[entry >>> chunkBits] = chunk;
    }
    chunk[entry & chunkMask] = value;
  }
}
