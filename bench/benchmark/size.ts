import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Figure } from '../benchmark.ts';
import { repositoryRoot } from '../child.ts';

const megabyte = 1024 * 1024;

function npm(...options: readonly string[]): string {
  return execFileSync('npm', options, { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Bytes of the files of a package, without packages that lie inside of it. */
function packageBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !join(entry.parentPath, '/').slice(folder.length).includes('/node_modules/'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function measure(): readonly Figure[] {
  const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts')) as {
    readonly size: number;
    readonly unpackedSize: number;
  }[];
  if (packed === undefined) throw new Error('npm pack told nothing');
  // The first line is this package itself.
  const dependencies = npm('ls', '--omit=dev', '--all', '--parseable').trim().split('\n').slice(1);
  const installedBytes = dependencies.reduce((sum, folder) => sum + packageBytes(folder), packed.unpackedSize);
  return [
    { name: 'packed', value: packed.size / megabyte, unit: 'MB', target: { atMost: 1 } },
    {
      name: 'installed with production dependencies',
      value: installedBytes / megabyte,
      unit: 'MB',
      target: { atMost: 30 },
      note: `${dependencies.length} packages`,
    },
  ];
}

export const size: Benchmark = { name: 'size', what: 'what a user downloads and keeps', run: async () => measure() };
