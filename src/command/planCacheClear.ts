import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { plainTarget } from './read/index-filter-arguments.ts';

/** planCacheClear (manual, "planCacheClear"): every query is planned anew, so there is never a plan to forget. */
export const planCacheClear: Command = {
  ...diagnostic,
  name: 'planCacheClear',
  help: 'forget the plans of a collection; plans are never kept',
  privilege: { action: 'planCacheWrite', resource: 'collection' },
  run(_operation, request, services) {
    plainTarget(services, request);
    return {};
  },
};
