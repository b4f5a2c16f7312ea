import { printValue } from '../bson/print.ts';
import { encodeDocument } from '../bson/write.ts';
import type { CommandPolicy } from './command-policy.ts';
import type { GateRequest } from './live-operation.ts';
import { redactedBody } from './redacted-body.ts';

/** Largest command that a message shows whole, in bytes; of a larger one it shows the first field. */
const wholeBytes = 2048;

/** A command as error messages show it: `{ find: "people", filter: {}, $db: "test" }`, without secrets and cut when long. */
export function printRequest({ body, name, database }: GateRequest, policy: CommandPolicy): string {
  const isWhole = encodeDocument(body).length <= wholeBytes;
  const shown: string[] = [];
  for (const [field, value] of redactedBody(body, policy).entries()) {
    if (field === '$db' || (!isWhole && field !== name)) continue;
    shown.push(`${field}: ${printValue(value)}`);
  }
  return `{ ${[...shown, `$db: ${JSON.stringify(database)}`].join(', ')} }`;
}
