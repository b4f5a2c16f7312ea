/** The suites: which folder of the specifications holds which tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseTestFile, type TestFile } from './test-file.ts';

export interface Suite {
  readonly name: string;
  /** Below the folder of the specifications. */
  readonly folder: string;
  /** Files that a runner must refuse. */
  readonly mustBeRefused?: boolean;
}

/** The folders that hold files in the unified format. Others beside them are unit tests of a driver. */
export const suites: readonly Suite[] = [
  { name: 'causal-consistency', folder: 'causal-consistency/tests' },
  { name: 'change-streams', folder: 'change-streams/tests/unified' },
  { name: 'collection-management', folder: 'collection-management/tests' },
  { name: 'command-logging-and-monitoring', folder: 'command-logging-and-monitoring/tests' },
  { name: 'crud', folder: 'crud/tests/unified' },
  { name: 'gridfs', folder: 'gridfs/tests' },
  { name: 'index-management', folder: 'index-management/tests' },
  { name: 'read-write-concern', folder: 'read-write-concern/tests/operation' },
  { name: 'retryable-reads', folder: 'retryable-reads/tests/unified' },
  { name: 'retryable-writes', folder: 'retryable-writes/tests/unified' },
  { name: 'run-command', folder: 'run-command/tests/unified' },
  { name: 'sessions', folder: 'sessions/tests' },
  { name: 'transactions', folder: 'transactions/tests/unified' },
  { name: 'transactions-convenient-api', folder: 'transactions-convenient-api/tests/unified' },
  { name: 'unified-test-format/valid-pass', folder: 'unified-test-format/tests/valid-pass' },
  { name: 'unified-test-format/valid-fail', folder: 'unified-test-format/tests/valid-fail', mustBeRefused: true },
  { name: 'versioned-api', folder: 'versioned-api/tests' },
];

/** The suites with data; with names, only these (`unified-test-format` names all below it). Throws for an unknown name. */
export function findSuites(specifications: string, names: readonly string[] | undefined): Suite[] {
  const there = suites.filter(({ folder }) => existsSync(join(specifications, folder)));
  const isNamed = (suite: Suite, name: string) => suite.name === name || suite.name.startsWith(`${name}/`);
  const unknown = names?.find((name) => !there.some((suite) => isNamed(suite, name)));
  if (unknown !== undefined)
    throw new Error(`no suite is called ${unknown}: ${there.map(({ name }) => name).join(', ')}`);
  return names === undefined ? there : there.filter((suite) => names.some((name) => isNamed(suite, name)));
}

/** A file of a suite; `name` is its path there, without `.json`. */
export interface SuiteFile {
  readonly name: string;
  /** Reads it. Throws when it is damaged or not in the format. */
  readonly read: () => TestFile;
}

export function findFiles(specifications: string, suite: Suite): SuiteFile[] {
  const folder = join(specifications, suite.folder);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({
      name: path.slice(0, -'.json'.length).replaceAll(sep, '/'),
      read: () => parseTestFile(readFileSync(join(folder, path), 'utf8')),
    }));
}
