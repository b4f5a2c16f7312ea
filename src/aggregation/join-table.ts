/** The documents of a foreign collection in memory, found by the value of one path without asking the collection again. */
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish } from '../bson/value-type.ts';
import type { Collation } from '../query/collation.ts';
import { parseFilter } from '../query/filter.ts';
import { anyOfFilter } from './local-values.ts';
import type { DocumentSource, Execution } from './source.ts';
import { documentSizeBytes } from './value-size.ts';

/** Bytes of documents beyond which a table is not worth its memory. */
const largestBytes = 64 * 1024 * 1024;

export class JoinTable {
  readonly #path: string;
  readonly #names: readonly string[];
  readonly #collation: Collation | undefined;
  readonly #documents: BsonDocument[] = [];
  readonly #positions = new Map<string, number[]>();
  #withoutValue: readonly number[] | undefined;

  private constructor(path: string, collation: Collation | undefined) {
    this.#path = path;
    this.#names = path.split('.');
    this.#collation = collation;
  }

  /** A table of all documents of a stream, or undefined where they are too many. */
  static async load(
    source: DocumentSource,
    path: string,
    collation: Collation | undefined,
    execution: Execution,
  ): Promise<JoinTable | undefined> {
    const table = new JoinTable(path, collation);
    let sizeBytes = 0;
    for (let batch = await source.next(execution); batch !== undefined; batch = await source.next(execution)) {
      for (const document of batch) {
        sizeBytes += documentSizeBytes(document);
        table.#add(document);
      }
      if (sizeBytes > largestBytes) return undefined;
      execution.checkInterrupt();
      await execution.pause();
    }
    return table;
  }

  /** Documents that hold one of these values at the path, in the order of the collection. */
  find(values: readonly Value[]): BsonDocument[] {
    const found = new Set<number>();
    for (const value of values) {
      const positions = isNullish(value) ? this.#positionsWithoutValue() : this.#positions.get(this.#keyOf(value));
      for (const position of positions ?? []) found.add(position);
    }
    return [...found].sort((left, right) => left - right).map((position) => this.#documents[position] as BsonDocument);
  }

  #add(document: BsonDocument): void {
    const position = this.#documents.push(document) - 1;
    const keys = new Set<string>();
    collectValues(document, this.#names, 0, (value) => keys.add(this.#keyOf(value)));
    for (const key of keys) {
      const positions = this.#positions.get(key);
      if (positions === undefined) this.#positions.set(key, [position]);
      else positions.push(position);
    }
  }

  #keyOf(value: Value): string {
    return encodeKeyPart(value, false, this.#collation);
  }

  /** Which documents equal null at the path is a question of many cases; the filter knows them all. */
  #positionsWithoutValue(): readonly number[] {
    if (this.#withoutValue !== undefined) return this.#withoutValue;
    const filter = parseFilter(anyOfFilter(this.#path, [null]), { collation: this.#collation });
    const positions: number[] = [];
    for (const [position, document] of this.#documents.entries()) {
      if (filter.matchesDocument(document)) positions.push(position);
    }
    this.#withoutValue = positions;
    return positions;
  }
}

/** The values that an equality on the path could meet: at the end of each way, an array and its elements alike. */
function collectValues(
  value: Value | undefined,
  names: readonly string[],
  from: number,
  take: (value: Value) => void,
): void {
  if (from === names.length) {
    if (value === undefined) return;
    take(value);
    if (Array.isArray(value)) for (const element of value) take(element);
    return;
  }
  const name = names[from] as string;
  if (value instanceof BsonDocument) collectValues(value.get(name), names, from + 1, take);
  if (!Array.isArray(value)) return;
  if (/^(0|[1-9]\d*)$/.test(name)) collectValues(value[Number(name)], names, from + 1, take);
  for (const element of value) if (element instanceof BsonDocument) collectValues(element, names, from, take);
}
