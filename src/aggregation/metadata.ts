/**
 * Metadata that stages give to documents and `$meta` reads: a score, how it came about. It is no part of a document and
 * goes with the object that stands for it, from stage to stage.
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import { Scope } from '../expression/expression.ts';

export type Metadata = ReadonlyMap<string, Value>;

const known = new WeakMap<BsonDocument, Metadata>();

/** Gives a document its metadata. */
export function setMetadata(document: BsonDocument, metadata: Metadata): void {
  known.set(document, metadata);
}

/** Hands a document's metadata on to what a stage made of it. */
export function keepMetadata(from: BsonDocument, to: BsonDocument): BsonDocument {
  const metadata = known.get(from);
  if (metadata !== undefined && to !== from) known.set(to, metadata);
  return to;
}

/** A scope in which `$meta` finds what the document comes with. */
export class MetadataScope extends Scope {
  static over(scope: Scope): MetadataScope {
    return new MetadataScope(scope.environment, scope.root, [...scope.slots]);
  }

  override on(root: BsonDocument): this {
    this.metadata = known.get(root);
    return super.on(root);
  }

  override fork(root: BsonDocument = this.root): MetadataScope {
    return new MetadataScope(this.environment, root, [...this.slots]);
  }
}
