/**
 * What a collection can do of a pipeline. Its first stages amount to a query (filters, then a sort, then skips and
 * limits), which the planner answers with indexes; the rest stays with the stages.
 *
 *   $match $match $sort $match $skip $limit │ $group …      all left of the line is one query
 */
import { document } from '../bson/literal.ts';
import type { Filter } from '../query/filter.ts';
import type { Sort } from '../query/sort.ts';
import type { LeadingQuery } from './collection.ts';
import type { LeadingPart, Pipeline } from './stage.ts';

type FilterPart = LeadingPart & { readonly kind: 'filter' };

class QueryBuilder {
  sort: Sort | undefined;
  skip = 0;
  limit: number | undefined;
  readonly #filters: FilterPart[] = [];

  /** Takes the part in if the query still means the same as the stages one after the other. */
  take(part: LeadingPart): boolean {
    switch (part.kind) {
      case 'filter':
        return this.#takeFilter(part);
      case 'sort':
        if (this.sort !== undefined || this.#isCut) return false;
        this.sort = part.sort;
        return true;
      case 'skip':
        if (this.limit !== undefined && this.limit <= part.count) return false;
        this.skip += part.count;
        if (this.limit !== undefined) this.limit -= part.count;
        return true;
      case 'limit':
        this.limit = Math.min(this.limit ?? part.count, part.count);
        return true;
    }
  }

  get #isCut(): boolean {
    return this.skip > 0 || this.limit !== undefined;
  }

  /** All filters in one. */
  get filter(): Filter | undefined {
    const telling = this.#filters.filter(({ filter }) => !filter.isEmpty);
    const last = telling.at(-1) ?? this.#filters[0];
    if (telling.length <= 1) return last?.filter;
    return last?.parse(document({ $and: telling.map(({ filter }) => filter.specification) }));
  }

  #takeFilter(part: FilterPart): boolean {
    if (this.#isCut) return false;
    this.#filters.push(part);
    return true;
  }
}

/** The query that the pipeline begins with, and the pipeline that is left. */
export function splitPipeline(pipeline: Pipeline): { leading: LeadingQuery; rest: Pipeline } {
  const query = new QueryBuilder();
  let taken = 0;
  for (const { stage } of pipeline.stages) {
    if (stage.leading === undefined || !query.take(stage.leading)) break;
    taken++;
  }
  const { filter, sort, limit } = query;
  const skip = query.skip === 0 ? undefined : query.skip;
  return { leading: { filter, sort, skip, limit, scope: pipeline.scope }, rest: pipeline.from(taken) };
}
