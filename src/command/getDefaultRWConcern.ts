import { any, bool, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { describeConcernDefaults } from './read/default-concerns.ts';

const parse = commandArguments('getDefaultRWConcern', {
  getDefaultRWConcern: optional(any),
  inMemory: optional(bool),
});

/** getDefaultRWConcern: the concerns of commands that name none (manual, "getDefaultRWConcern"). */
export const getDefaultRWConcern: Command = {
  ...diagnostic,
  name: 'getDefaultRWConcern',
  help: 'default read and write concern',
  isAdminOnly: true,
  privilege: { action: 'getDefaultRWConcern', resource: 'cluster' },
  readConcernLevels: ['local'],
  run(_operation, request, services) {
    const { inMemory } = parse(request.body);
    return { ...describeConcernDefaults(services), inMemory: inMemory === true ? true : undefined };
  },
};
