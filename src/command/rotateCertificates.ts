import { any, optional, string } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('rotateCertificates', { rotateCertificates: optional(any), message: optional(string) });

/** rotateCertificates: reads TLS certificates anew (manual, "rotateCertificates"). A server without TLS has none to read. */
export const rotateCertificates: Command = {
  ...diagnostic,
  name: 'rotateCertificates',
  help: 'read TLS certificates anew, for connections to come; a wrong one is refused and the old one stays',
  isAdminOnly: true,
  privilege: { action: 'rotateCertificates', resource: 'cluster' },
  async run(_operation, request, { log, transportSecurity }) {
    const { message } = parse(request.body);
    await transportSecurity?.rotate();
    const subject = transportSecurity?.describe().subjectName;
    log.info({ message, subject }, subject === undefined ? 'no TLS certificates are in use' : 'certificates rotated');
    return {};
  },
};
