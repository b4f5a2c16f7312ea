import { any, object, optional, required, string } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('configureFailPoint', {
  configureFailPoint: required(string),
  mode: required(any),
  data: optional(object),
});

/** configureFailPoint: makes commands fail on request, for tests of drivers and applications. */
export const configureFailPoint: Command = {
  ...diagnostic,
  name: 'configureFailPoint',
  help: 'make commands fail',
  isAdminOnly: true,
  isTestOnly: true,
  run(_operation, request, services) {
    const { configureFailPoint: name, mode, data } = parse(request.body);
    return { count: services.sessions.configureFailPoint(name, mode, data) };
  },
};
