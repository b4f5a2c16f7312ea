/**
 * Projections: what of a document is shown. A specification becomes a tree of names; fields that are kept are copied as
 * bytes, then what is computed is added, and at last the positional `$` cuts down its array.
 */
import { double } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import { emptyEnvironment } from '../expression/environment.ts';
import { Scope } from '../expression/expression.ts';
import { ParseContext } from '../expression/parse.ts';
import type { Collation } from './collation.ts';
import type { Filter } from './filter.ts';
import { addComputed } from './projection/compute.ts';
import { copyFields } from './projection/copy.ts';
import { type ParsedProjection, type ProjectionMode, parseProjectionTree } from './projection/parse-projection.ts';
import { PositionalField } from './projection/positional.ts';
import type { TextNode } from './text/text-search.ts';

export interface ProjectionContext {
  /** `find` allows $slice, $elemMatch and positional; `aggregate` ($project) refuses these. */
  readonly place: 'find' | 'aggregate';
  /** The filter of the find, for the positional `$`. */
  readonly filter?: Filter | undefined;
  readonly collation?: Collation | undefined;
  /** Variables for expressions. Absent: none. */
  readonly expressions?: ParseContext | undefined;
}

/** A parsed projection. Immutable. */
export class Projection {
  readonly specification: BsonDocument;
  /** Whether it names what stays or what goes. */
  readonly mode: ProjectionMode;
  /** Paths that are included, where the result depends on nothing else; undefined: on the whole document. For covered queries. */
  readonly dependencies: readonly string[] | undefined;
  /** Whether it only includes or excludes fields of the top level (PROJECTION_SIMPLE). */
  readonly isSimple: boolean;
  /** Kinds of metadata that it asks for with $meta. */
  readonly metadata: ReadonlySet<string>;
  readonly #parsed: ParsedProjection;
  readonly #hasComputed: boolean;
  readonly #positional: PositionalField | undefined;
  readonly #text: TextNode | undefined;

  constructor(
    specification: BsonDocument,
    parsed: ParsedProjection,
    positional: PositionalField | undefined,
    metadata: ReadonlySet<string>,
    text: TextNode | undefined,
  ) {
    this.specification = specification;
    this.mode = parsed.mode;
    this.metadata = metadata;
    this.#parsed = parsed;
    this.#positional = positional;
    this.#text = text;
    this.#hasComputed = parsed.root.hasComputed;
    const actions = [...parsed.root.fields.values()];
    this.isSimple = positional === undefined && actions.every(({ kind }) => kind === 'include' || kind === 'exclude');
    this.dependencies = this.#hasComputed || positional !== undefined ? undefined : includedPaths(parsed);
  }

  /** The projected document. `scope` is needed where expressions read variables or metadata; its root is moved. */
  apply(document: BsonDocument, scope?: Scope): BsonDocument {
    const { root, mode } = this.#parsed;
    const copied = BsonDocument.fromBytes(copyFields(encodeDocument(document), root, mode === 'inclusion'));
    if (!this.#hasComputed && this.#positional === undefined) return copied;
    const inner = scope?.on(document) ?? new Scope(emptyEnvironment, document);
    if (this.#text !== undefined) inner.metadata = new Map([['textScore', double(this.#text.score(document))]]);
    const computed = this.#hasComputed ? addComputed(copied, root, inner) : copied;
    return this.#positional?.apply(computed, document, scope) ?? computed;
  }
}

function includedPaths({ root, mode }: ParsedProjection): string[] | undefined {
  if (mode === 'exclusion') return undefined;
  const paths: string[] = [];
  const collect = (prefix: string, node: ParsedProjection['root']): boolean => {
    for (const [name, action] of node.fields) {
      if (action.kind === 'include') paths.push(prefix + name);
      else if (action.kind === 'slice') return false;
      else if (action.kind === 'descend' && !collect(`${prefix}${name}.`, action.node)) return false;
    }
    return true;
  };
  return collect('', root) ? paths : undefined;
}

/** Reads a projection; throws what MongoDB throws for it. */
export function parseProjection(specification: BsonDocument, context: ProjectionContext): Projection {
  const collation = context.collation?.isSimple === true ? undefined : context.collation;
  const outer = withMetadata(context.expressions ?? new ParseContext({ collation }), context);
  const parsed = parseProjectionTree(specification, {
    isFind: context.place === 'find',
    collation,
    expressions: outer,
  });
  const { metadata } = outer.dependencies;
  const text = metadata.has('textScore') && context.place === 'find' ? context.filter?.text : undefined;
  return new Projection(specification, parsed, positionalOf(parsed, context), metadata, text);
}

/** A search of texts makes scores, which $meta may ask for. */
function withMetadata(outer: ParseContext, { place, filter }: ProjectionContext): ParseContext {
  if (place !== 'find' || filter?.text === undefined) return outer;
  return outer.withOptions({ ...outer.options, metadata: new Set([...(outer.options.metadata ?? []), 'textScore']) });
}

function positionalOf(
  { positionalPath }: ParsedProjection,
  { filter }: ProjectionContext,
): PositionalField | undefined {
  if (positionalPath === undefined) return undefined;
  if (filter === undefined) {
    throw new MongoError('Location51050', 'Projections with a positional operator require a matching query document');
  }
  return new PositionalField(positionalPath, filter);
}
