/**
 * Where the conformance data lies. It is nobody's of this project and is not copied into the repository: the folder
 * is named by `CONFORMANCE_DATA`, or is the folder `shared` beside the repository.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The result of looking for one folder of data: where it is, or where it was looked for. */
export type DataFolder =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly why: string };

/** Finds the folder `name` (`corpus`, `specifications`) of the conformance data. */
export function findData(name: string, environment: NodeJS.ProcessEnv = process.env): DataFolder {
  const root = environment.CONFORMANCE_DATA ?? join(dirname(repositoryRoot), 'shared');
  const path = join(root, name);
  if (existsSync(path)) return { found: true, path };
  return {
    found: false,
    why: `no conformance data at ${path} (set CONFORMANCE_DATA to the folder that holds "${name}")`,
  };
}
