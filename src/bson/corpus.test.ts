/** The drivers' bson-corpus: valid documents survive decoding and encoding byte for byte, invalid ones are refused. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { validateDocument } from './validate.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';
import { encodeDocument } from './write.ts';

interface ValidCase {
  readonly description: string;
  readonly canonical_bson: string;
  readonly degenerate_bson?: string;
  readonly canonical_extjson: string;
  readonly lossy?: boolean;
}

interface CorpusFile {
  readonly description: string;
  readonly valid?: readonly ValidCase[];
  readonly decodeErrors?: readonly { readonly description: string; readonly bson: string }[];
}

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const data = join(
  process.env.CONFORMANCE_DATA ?? join(dirname(repository), 'shared'),
  'specifications/bson-corpus/tests',
);
const files = existsSync(data)
  ? readdirSync(data)
      .map((name): CorpusFile => JSON.parse(readFileSync(join(data, name), 'utf8')) as CorpusFile)
      // Some files hold nothing but texts that a parser of extended JSON must refuse.
      .filter(({ valid = [], decodeErrors = [] }) => valid.length + decodeErrors.length > 0)
  : [];

/** The same value, built anew from decoded parts all the way down, so that nothing is copied as bytes. */
function rebuilt(value: Value): Value {
  if (value instanceof BsonDocument) {
    return BsonDocument.fromFields(new Map([...value.entries()].map(([name, inner]) => [name, rebuilt(inner)])));
  }
  if (value instanceof CodeWithScope) return new CodeWithScope(value.code, rebuilt(value.scope) as BsonDocument);
  return Array.isArray(value) ? value.map(rebuilt) : value;
}

/** As a document that came in: exactly these bytes. */
function check(bytes: Buffer): void {
  if (validateDocument(bytes, 0, bytes.length) !== bytes.length) throw new RangeError('bytes behind the document');
}

function throughFields(bytes: Buffer): Buffer {
  return encodeDocument(rebuilt(BsonDocument.fromBytes(bytes)) as BsonDocument);
}

describe.skipIf(files.length === 0)('the bson-corpus', () => {
  for (const file of files) {
    describe(file.description, () => {
      it.each((file.valid ?? []).map((one) => [one.description, one] as const))('keeps %s', (_description, one) => {
        const bytes = Buffer.from(one.canonical_bson, 'hex');
        check(bytes);
        const again = throughFields(bytes);
        expect(again.toString('hex')).toBe(one.canonical_bson.toLowerCase());
        if (one.lossy === true) return;
        // The library that drivers use reads the same from our bytes as the corpus says.
        const read = BSON.deserialize(again, { promoteValues: false, bsonRegExp: true });
        const expected = BSON.EJSON.parse(one.canonical_extjson, { relaxed: false });
        expect(BSON.EJSON.stringify(read, { relaxed: false })).toBe(BSON.EJSON.stringify(expected, { relaxed: false }));
      });

      it.each((file.decodeErrors ?? []).map((one) => [one.description, one] as const))(
        'refuses %s',
        (_description, one) => {
          expect(() => check(Buffer.from(one.bson, 'hex'))).toThrow();
        },
      );
    });
  }
});
