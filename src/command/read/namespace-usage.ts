/** How often each collection was used since the server began, by what and for how long: what `top` shows. */
import { document } from '../../bson/literal.ts';
import { findField, readKnownString } from '../../bson/read.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { namespace } from '../../catalog/namespace.ts';
import type { GateRequest } from '../../session/live-operation.ts';

type Kind = 'queries' | 'getmore' | 'insert' | 'update' | 'remove' | 'commands';

/** Commands with a count of their own, and what they do. */
const kindOf: Readonly<Record<string, Kind>> = {
  find: 'queries',
  getMore: 'getmore',
  insert: 'insert',
  update: 'update',
  delete: 'remove',
};

interface Usage {
  times: number;
  micros: number;
}

type NamespaceCounts = Record<Kind | 'readLock' | 'writeLock', Usage>;

/** More namespaces than that are not kept; those that were met first are forgotten. */
const keptNamespaces = 10_000;

export class NamespaceUsage {
  readonly #counts = new Map<string, NamespaceCounts>();

  /** Counts one run of a command. */
  record({ name, database, body }: GateRequest, isWrite: boolean, durationMs: number): void {
    const collection = commandCollection(name, body);
    if (collection === undefined) return;
    const counts = this.#countsOf(namespace(database, collection).full);
    const micros = Math.max(1, Math.round(durationMs * 1000));
    add(counts[kindOf[name] ?? 'commands'], micros);
    add(counts[isWrite ? 'writeLock' : 'readLock'], micros);
  }

  /** Counts of a namespace; undefined where it was not used. */
  describe(name: string): BsonDocument | undefined {
    const counts = this.#counts.get(name);
    if (counts === undefined) return undefined;
    const total = { times: 0, micros: 0 };
    for (const { times, micros } of [counts.readLock, counts.writeLock]) {
      total.times += times;
      total.micros += micros;
    }
    const shown = [['total', total] as const, ...Object.entries(counts)];
    return document(
      Object.fromEntries(
        shown.map(([name, { times, micros }]) => [name, { time: BigInt(micros), count: BigInt(times) }]),
      ),
    );
  }

  #countsOf(name: string): NamespaceCounts {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      const [oldest] = this.#counts.keys();
      if (this.#counts.size >= keptNamespaces && oldest !== undefined) this.#counts.delete(oldest);
      counts = { readLock: none(), writeLock: none(), ...noKinds() };
      this.#counts.set(name, counts);
    }
    return counts;
  }
}

function none(): Usage {
  return { times: 0, micros: 0 };
}

function noKinds(): Record<Kind, Usage> {
  return { queries: none(), getmore: none(), insert: none(), update: none(), remove: none(), commands: none() };
}

function add(usage: Usage, micros: number): void {
  usage.times++;
  usage.micros += micros;
}

/** The collection that a command is about: its first field's, or getMore's own field. Undefined where it is about none. */
export function commandCollection(name: string, body: BsonDocument): string | undefined {
  const bytes = encodeDocument(body);
  const element = findField(bytes, 0, name === 'getMore' ? 'collection' : name);
  return element < 0 ? undefined : readKnownString(bytes, element);
}
