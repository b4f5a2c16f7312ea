/**
 * What this runner does by its own decision. Each row of `expectations.json` says why. A `skip` row names tests, by
 * operation or by id; an `extraField` row names what the driver adds to commands and results of its own accord. A skip
 * that no longer fits any test is reported, so that none outlives its reason.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Document } from 'mongodb';
import type { ServerFacts } from './requirement.ts';
import type { Test } from './test-file.ts';

export type Expectation = Skip | ExtraField;

export interface Skip {
  /** Skips the tests that use this operation, */
  readonly operation?: string;
  /** or those whose id begins so, */
  readonly test?: string;
  /** on this topology only. */
  readonly topology?: ServerFacts['topology'];
  readonly why: string;
}

/** A field that may be there though the file does not expect it: the end of its path, `*` for any one name. */
export interface ExtraField {
  readonly extraField: string;
  readonly why: string;
}

const path = join(dirname(fileURLToPath(import.meta.url)), '../expectations.json');

export class Expectations {
  readonly rows: readonly Expectation[];
  /** Ends of paths where the driver adds fields. */
  readonly extraFields: readonly string[];
  #skips: readonly Skip[];
  #used = new Set<Skip>();

  constructor(rows: readonly Expectation[]) {
    this.rows = rows;
    this.extraFields = rows.flatMap((row) => ('extraField' in row ? [row.extraField] : []));
    this.#skips = rows.filter((row) => !('extraField' in row));
  }

  static read(): Expectations {
    return new Expectations(JSON.parse(readFileSync(path, 'utf8')));
  }

  /** The reasons of all skips. */
  get skipReasons(): string[] {
    return this.#skips.map(({ why }) => why);
  }

  /** Why the test is skipped, if it is. */
  findSkip(id: string, test: Test, topology: ServerFacts['topology']): string | undefined {
    const row = this.#skips.find((candidate) => {
      if (candidate.topology !== undefined && candidate.topology !== topology) return false;
      if (candidate.operation !== undefined) return namesOf(test).includes(candidate.operation);
      return candidate.test !== undefined && id.startsWith(candidate.test);
    });
    if (row !== undefined) this.#used.add(row);
    return row?.why;
  }

  /** Skips that no test needed, of those that could be needed on this topology. */
  findUnused(topology: ServerFacts['topology']): Skip[] {
    return this.#skips.filter((row) => !this.#used.has(row) && (row.topology ?? topology) === topology);
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
