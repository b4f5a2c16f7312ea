import { readFileSync } from 'node:fs';
import { MongoClient, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../../src/start-server.ts';
import { documentPath, namesOf, renderNames } from './document.ts';
import { familyNames, readReference } from './reference.ts';
import { remarks } from './remark.ts';
import { compareTables, errorOfMissing, tableNames } from './surface.ts';

const missing = 'aNameThatNobodyKnows';

/** A command that meets an unknown name of each family. */
const strangers: Record<keyof typeof errorOfMissing, Record<string, unknown>> = {
  commands: { [missing]: 1 },
  stages: { aggregate: 'things', pipeline: [{ [`$${missing}`]: {} }], cursor: {} },
  expressions: { aggregate: 'things', pipeline: [{ $project: { a: { $add: [{ [`$${missing}`]: 1 }] } } }], cursor: {} },
  queries: { find: 'things', filter: { a: { [`$${missing}`]: 1 } } },
  updates: { findAndModify: 'things', query: {}, update: { [`$${missing}`]: { a: 1 } } },
  accumulators: {
    aggregate: 'things',
    pipeline: [{ $group: { _id: 1, a: { [`$${missing}`]: 1 } } }],
    cursor: {},
  },
  windows: {
    aggregate: 'things',
    pipeline: [{ $setWindowFields: { output: { a: { [`$${missing}`]: 1 } } } }],
    cursor: {},
  },
};

describe('docs/compatibility.md', () => {
  it("has the names of the server's tables, no more and no fewer (renew it: npm run compatibility -- --names)", () => {
    expect(namesOf(readFileSync(documentPath, 'utf8'))).toBe(renderNames());
  });

  it('puts every name of a table and of MongoDB in one place', () => {
    const reference = readReference();
    for (const { family, working, remarked, missing: lacking, beyond } of compareTables()) {
      const shown = [...working, ...remarked.map(({ name }) => name), ...lacking, ...beyond];
      expect(shown).toHaveLength(new Set(shown).size);
      expect(new Set(shown)).toEqual(new Set([...reference[family], ...tableNames[family]()]));
    }
  });

  it('remarks only on what is in a table', () => {
    const idle = remarks.filter(({ family, name }) => !tableNames[family]().includes(name));
    expect(idle).toEqual([]);
  });

  it('says of what is refused and missing the error that it meets', async () => {
    await using server = await startServer({ storageEngine: 'memory' });
    await using client = await MongoClient.connect(server.uri);
    await client.db('compatibility').collection('things').insertOne({ a: 1 });
    const codeNameOf = async (command: Record<string, unknown>): Promise<string> => {
      const database = 'replSetInitiate' in command ? 'admin' : 'compatibility';
      try {
        await client.db(database).command(command);
        return 'none';
      } catch (error) {
        return error instanceof MongoServerError ? String(error.codeName) : String(error);
      }
    };
    for (const { name, probe } of remarks) {
      if (probe !== undefined) expect(`${name} ${await codeNameOf(probe.command)}`).toBe(`${name} ${probe.codeName}`);
    }
    for (const family of familyNames) {
      expect(`${family} ${await codeNameOf(strangers[family])}`).toBe(`${family} ${errorOfMissing[family]}`);
    }
  });
});
