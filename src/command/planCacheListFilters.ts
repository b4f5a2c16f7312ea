import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { plainTarget } from './read/index-filter-arguments.ts';
import { describeIndexFilter } from './read/index-filters.ts';

/** planCacheListFilters: the index filters of a collection (manual, "planCacheListFilters"). */
export const planCacheListFilters: Command = {
  ...diagnostic,
  name: 'planCacheListFilters',
  help: 'list index filters',
  privilege: { action: 'planCacheIndexFilter', resource: 'collection' },
  run(_operation, request, services) {
    const { name } = plainTarget(services, request);
    return { filters: services.indexFilters.list(name.full).map(describeIndexFilter) };
  },
};
