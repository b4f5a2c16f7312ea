import { any, optional, string } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('rotateCertificates', { rotateCertificates: optional(any), message: optional(string) });

/** rotateCertificates: reads TLS certificates anew (manual, "rotateCertificates"). A server without TLS has none to read. */
export const rotateCertificates: Command = {
  ...diagnostic,
  name: 'rotateCertificates',
  help: 'read TLS certificates anew; this server uses none',
  isAdminOnly: true,
  privilege: { action: 'rotateCertificates', resource: 'cluster' },
  run(_operation, request, services) {
    const { message } = parse(request.body);
    services.log.info({ message }, 'rotateCertificates: no TLS certificates are in use');
    return {};
  },
};
