/** The entities of a test: everything that an operation can name. */
import {
  AbstractCursor,
  ChangeStream,
  type ClientSession,
  Collection,
  type Db,
  type Document,
  type GridFSBucket,
} from 'mongodb';
import { BadTest } from './failure.ts';
import type { MatchScope } from './match.ts';
import type { ObservedClient } from './observed-client.ts';
import type { Thread } from './thread.ts';

export interface TopologyDescription {
  readonly type: string;
  readonly primary: string | undefined;
}

/** What each kind of entity is. `value` is any BSON value. */
export interface EntityKinds {
  client: ObservedClient;
  database: Db;
  collection: Collection;
  session: ClientSession;
  bucket: GridFSBucket;
  cursor: AbstractCursor<Document> | ChangeStream;
  thread: Thread;
  topologyDescription: TopologyDescription;
  value: unknown;
}

export type EntityKind = keyof EntityKinds;

export type Entity = { [Kind in EntityKind]: { readonly kind: Kind; readonly it: EntityKinds[Kind] } }[EntityKind];

export class EntityMap implements MatchScope {
  readonly extraFields: readonly string[];
  #entities = new Map<string, Entity>();

  constructor(extraFields: readonly string[]) {
    this.extraFields = extraFields;
  }

  /** Adds an entity. Throws `BadTest` when the name is taken. */
  add(name: string, entity: Entity): void {
    if (this.#entities.has(name)) throw new BadTest(`there are two entities "${name}"`);
    this.#entities.set(name, entity);
  }

  /** Saves the result of an operation: a cursor, a collection or a value. Throws `BadTest` when there is none. */
  addResult(name: string, result: unknown): void {
    if (result === undefined) throw new BadTest(`there is no result to save as "${name}"`);
    if (result instanceof AbstractCursor || result instanceof ChangeStream)
      this.add(name, { kind: 'cursor', it: result });
    else if (result instanceof Collection) this.add(name, { kind: 'collection', it: result });
    else this.add(name, { kind: 'value', it: result });
  }

  /** The entity of that name. Throws `BadTest` when there is none. */
  require(name: string): Entity {
    const entity = this.#entities.get(name);
    if (entity === undefined) throw new BadTest(`there is no entity "${name}"`);
    return entity;
  }

  /** The entity of that name and kind. Throws `BadTest` when there is none, or of another kind. */
  requireKind<Kind extends EntityKind>(kind: Kind, name: unknown): EntityKinds[Kind] {
    if (typeof name !== 'string') throw new BadTest(`the name of a ${kind} was expected`);
    const entity = this.require(name);
    if (!isKind(entity, kind)) throw new BadTest(`"${name}" is a ${entity.kind}, not a ${kind}`);
    return entity.it;
  }

  all<Kind extends EntityKind>(kind: Kind): EntityKinds[Kind][] {
    return [...this.#entities.values()].flatMap((entity) => (isKind(entity, kind) ? [entity.it] : []));
  }

  value(name: string): unknown {
    return this.requireKind('value', name);
  }

  lsid(name: string): Document {
    return this.requireKind('session', name).id ?? {};
  }
}

function isKind<Kind extends EntityKind>(
  entity: Entity,
  kind: Kind,
): entity is Entity & { readonly kind: Kind; readonly it: EntityKinds[Kind] } {
  return entity.kind === kind;
}
