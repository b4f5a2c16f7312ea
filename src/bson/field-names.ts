import { type EncodedName, encodeName } from './read.ts';

interface Known {
  readonly name: EncodedName;
  readonly place: number;
}

/** A fixed set of field names that bytes are looked up in as they lie, without making a string of them. */
export class FieldNames {
  /** By the length of the name in bytes. */
  readonly #byLength: (readonly Known[] | undefined)[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.#places = new Map(names.map((name, place) => [name, place]));
    const byLength: Known[][] = [];
    for (const [text, place] of this.#places) {
      const name = encodeName(text);
      byLength[name.length] ??= [];
      byLength[name.length]?.push({ name, place });
    }
    // Without holes, which would make every look into it slower.
    this.#byLength = Array.from(byLength);
  }

  /** Place of a name in the list that the set was made of; of those that occur twice the last. -1: not in the set. */
  indexOf(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** As `indexOf`, for the name between two offsets. */
  find(bytes: Buffer, start: number, end: number): number {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return -1;
    for (const { name, place } of candidates) {
      if (isNamed(bytes, start, name)) return place;
    }
    return -1;
  }
}

function isNamed(bytes: Buffer, start: number, name: EncodedName): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name.charCodeAt(at)) return false;
  return true;
}
