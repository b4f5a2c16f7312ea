import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { filterSubject, plainTarget } from './read/index-filter-arguments.ts';
import { shapeHash } from './read/query-shape.ts';

/** planCacheClearFilters: removes the index filter of one query shape, or all (manual, "planCacheClearFilters"). */
export const planCacheClearFilters: Command = {
  ...diagnostic,
  name: 'planCacheClearFilters',
  help: 'remove index filters',
  privilege: { action: 'planCacheIndexFilter', resource: 'collection' },
  run(operation, request, services) {
    const { name, collection } = plainTarget(services, request);
    if (collection === undefined) return {};
    const subject = filterSubject(services, operation, collection, request.body);
    services.indexFilters.clear(name.full, subject === undefined ? undefined : shapeHash(subject.prepared));
    return {};
  },
};
