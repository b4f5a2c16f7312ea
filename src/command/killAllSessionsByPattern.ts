import { array, type FieldParser, nested, optional, required, string, structure } from '../bson/structure.ts';
import { digest, uuid } from '../session/generic-field.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { present, userNames } from './session-arguments.ts';

const parseRole = nested(structure('role', { role: required(string), db: required(string) }));

const parsePattern = nested(
  structure('pattern', {
    lsid: optional(nested(structure('lsid', { id: required(uuid), uid: required(digest) }))),
    uid: optional(digest),
    users: optional(userNames),
    roles: optional((value, path) => present(array(value, path)).map(([role, at]) => parseRole(role, `${path}.${at}`))),
  }),
);

const patterns: FieldParser<readonly ReturnType<typeof parsePattern>[]> = (value, path) =>
  present(array(value, path)).map(([element, index]) => parsePattern(element, `${path}.${index}`));

const parse = structure('killAllSessionsByPattern', { killAllSessionsByPattern: required(patterns) }, { isOpen: true });

/** killAllSessionsByPattern: kills the sessions that any pattern means (manual, "killAllSessionsByPattern"). */
export const killAllSessionsByPattern: Command = {
  ...diagnostic,
  name: 'killAllSessionsByPattern',
  help: 'kill sessions by patterns',
  session: 'unattached',
  privilege: { action: 'killAnySession', resource: 'cluster' },
  run(operation, request, services) {
    services.sessions.killAllSessionsByPattern(operation, parse(request.body).killAllSessionsByPattern);
    return {};
  },
};
