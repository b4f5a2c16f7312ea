/**
 * What this runner leaves out by its own decision. Each row of `expectations.json` names tests (by operation, or by
 * id) and says why; a row that no longer fits any test is reported, so that none outlives its reason.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Document } from 'mongodb';
import type { ServerFacts } from './requirement.ts';
import type { Test } from './test-file.ts';

export interface Expectation {
  /** Skips the tests that use this operation. */
  readonly operation?: string;
  /** Skips the tests whose id begins so. */
  readonly test?: string;
  /** Only on this topology. */
  readonly topology?: ServerFacts['topology'];
  /** Why they are skipped. */
  readonly why: string;
}

const path = join(dirname(fileURLToPath(import.meta.url)), '../expectations.json');

export class Expectations {
  #rows: readonly Expectation[];
  #used = new Set<Expectation>();

  constructor(rows: readonly Expectation[]) {
    this.#rows = rows;
  }

  static read(): Expectations {
    return new Expectations(JSON.parse(readFileSync(path, 'utf8')));
  }

  /** Why the test is skipped, if it is. */
  findSkip(id: string, test: Test, topology: ServerFacts['topology']): string | undefined {
    const row = this.#rows.find((candidate) => {
      if (candidate.topology !== undefined && candidate.topology !== topology) return false;
      if (candidate.operation !== undefined) return namesOf(test).includes(candidate.operation);
      return candidate.test !== undefined && id.startsWith(candidate.test);
    });
    if (row !== undefined) this.#used.add(row);
    return row?.why;
  }

  /** Rows that no test needed, of those that could be needed on this topology. */
  findUnused(topology: ServerFacts['topology']): Expectation[] {
    return this.#rows.filter((row) => !this.#used.has(row) && (row.topology ?? topology) === topology);
  }
}

/** The names of all operations of a test, nested ones too. */
function namesOf(test: Test): string[] {
  const visit = (operation: Document): string[] => {
    const { callback = [], operation: single, operations = [] } = operation.arguments ?? {};
    const nested = [...callback, ...operations, ...(single === undefined ? [] : [single])];
    return [operation.name, ...nested.flatMap(visit)];
  };
  return test.operations.flatMap(visit);
}
