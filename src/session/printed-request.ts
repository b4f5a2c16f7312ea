import { printValue } from '../bson/print.ts';
import { encodeDocument } from '../bson/write.ts';
import type { GateRequest } from './live-operation.ts';

/** Largest command that a message shows whole, in bytes; of a larger one it shows the first field. */
const wholeBytes = 2048;

/** Fields of commands whose values nobody is shown. */
const secretFields: ReadonlySet<string> = new Set(['pwd', 'payload', 'key', 'speculativeAuthenticate']);

/** A command as error messages show it: `{ find: "people", filter: {}, $db: "test" }`, without secrets and cut when long. */
export function printRequest({ body, name, database }: GateRequest): string {
  const isWhole = encodeDocument(body).length <= wholeBytes;
  const shown: string[] = [];
  for (const [field, value] of body.entries()) {
    if (field === '$db' || (!isWhole && field !== name)) continue;
    shown.push(`${field}: ${secretFields.has(field) ? '"xxx"' : printValue(value)}`);
  }
  return `{ ${[...shown, `$db: ${JSON.stringify(database)}`].join(', ')} }`;
}
