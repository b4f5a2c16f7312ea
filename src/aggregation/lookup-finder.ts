import { document } from '../bson/literal.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { Scope } from '../expression/expression.ts';
import type { LetVariables, ParseContext } from '../expression/parse.ts';
import type { Namespace } from './collection.ts';
import { JoinTable } from './join-table.ts';
import { anyOfFilter, joinValues } from './local-values.ts';
import type { LookupEquality } from './lookup-argument.ts';
import { arraySource, type Execution } from './source.ts';
import { Pipeline, type PipelineContext } from './stage.ts';
import { readAll } from './stream.ts';

/** A parsed $lookup. */
export interface Join {
  readonly context: PipelineContext;
  readonly from: Namespace | undefined;
  readonly equality: LookupEquality | undefined;
  readonly variables: LetVariables | undefined;
  /** In which the pipeline was read. */
  readonly expressions: ParseContext;
  readonly pipeline: Pipeline;
  /** The pipeline gives the same for every document. */
  readonly isFixed: boolean;
}

type Way = { readonly kind: 'query' } | { readonly kind: 'table'; readonly table: JoinTable };

/** Finds the documents that belong to others, in one run of a $lookup. */
export class LookupFinder {
  readonly #join: Join;
  readonly #outer: Scope;
  #fixed: BsonDocument[] | undefined;
  #way: Way | undefined;

  constructor(join: Join, outer: Scope) {
    this.#join = join;
    this.#outer = outer;
  }

  async find(local: BsonDocument, execution: Execution): Promise<BsonDocument[]> {
    const { equality, isFixed, variables } = this.#join;
    if (this.#fixed !== undefined) return this.#fixed;
    const scope = this.#outer.fork(local);
    variables?.assign(this.#outer.fork(local), scope);
    if (equality === undefined) {
      const found = await this.#run(this.#join.pipeline, scope, execution);
      if (isFixed) this.#fixed = found;
      return found;
    }
    this.#way ??= await this.#chooseWay(equality, execution);
    const values = joinValues(local, equality.localNames);
    if (this.#way.kind === 'query') return this.#query(equality, values, scope, execution);
    const matched = this.#way.table.find(values);
    return readAll(this.#behindTable().open(arraySource(matched), scope), execution);
  }

  /** A table in memory, unless an index answers the equality or the collection is too large. */
  async #chooseWay(equality: LookupEquality, execution: Execution): Promise<Way> {
    const { context, from, pipeline } = this.#join;
    const hasIndex = from !== undefined && (await execution.reader.hasIndexOn(from, equality.foreignPath));
    if (hasIndex) return { kind: 'query' };
    const everything = new Pipeline(from === undefined ? pipeline.stages.slice(0, 1) : [], pipeline.scope);
    const source = await context.openInner(everything, from, this.#outer.fork(), execution);
    const table = await JoinTable.load(source, equality.foreignPath, context.options.collation, execution);
    return table === undefined ? { kind: 'query' } : { kind: 'table', table };
  }

  /** What runs over the documents that the equality found; $documents has given its own to the table. */
  #behindTable(): Pipeline {
    const { from, pipeline } = this.#join;
    return from === undefined ? pipeline.from(1) : pipeline;
  }

  #query(
    equality: LookupEquality,
    values: ReturnType<typeof joinValues>,
    scope: Scope,
    execution: Execution,
  ): Promise<BsonDocument[]> {
    const { context, expressions, from, pipeline } = this.#join;
    const match = document({ $match: anyOfFilter(equality.foreignPath, values) });
    const matching = context.parseInner([match], { place: 'lookup', namespace: from, expressions });
    return this.#run(pipeline.behind(matching), scope, execution);
  }

  async #run(pipeline: Pipeline, scope: Scope, execution: Execution): Promise<BsonDocument[]> {
    const { context, from } = this.#join;
    return readAll(await context.openInner(pipeline, from, scope, execution), execution);
  }
}
