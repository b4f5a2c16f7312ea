/** `npm run compatibility`: measures, and writes docs/compatibility.md. See ../README.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { findData, repositoryRoot } from '../data.ts';
import { runReported } from '../report.ts';
import { documentPath, renderDocument, renewNames } from './document.ts';
import { readResult } from './result.ts';

interface Options {
  readonly corpus?: string[];
  readonly conformance?: string[];
  readonly also: string[];
  readonly names: boolean;
}

const options = new Command('compatibility')
  .description('Runs the corpus and the specification tests on memory, and writes docs/compatibility.md.')
  .option('--corpus <file...>', 'take these results of npm run corpus instead of running it')
  .option('--conformance <file...>', 'take these results of npm run conformance instead of running it')
  .option('--also <file...>', 'add these results, of other engines and topologies', [])
  .option('--names', 'renew the names alone and leave the numbers', false)
  .parse()
  .opts<Options>();

process.exitCode = await runReported(main);

async function main(): Promise<number> {
  if (options.names) {
    writeFileSync(documentPath, renewNames(readFileSync(documentPath, 'utf8')));
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'compatibility-'));
  try {
    const paths = [
      ...(options.corpus ?? [measure(folder, 'corpus', 'corpus')]),
      ...(options.conformance ?? [measure(folder, 'conformance', 'specifications')]),
      ...options.also,
    ];
    writeFileSync(documentPath, renderDocument(paths.map(readResult)));
    process.stdout.write(`wrote ${documentPath}\n`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one of the runners on memory; answers where its result is. What it says is shown; a missed floor is its own affair. */
function measure(folder: string, runner: 'corpus' | 'conformance', dataName: string): string {
  const data = findData(dataName);
  if (!data.found) throw new Error(data.why);
  const path = join(folder, `${runner}.json`);
  const script = join(repositoryRoot, 'test', 'conformance', runner === 'corpus' ? 'corpus' : 'unified', 'run.ts');
  const { error } = spawnSync(process.execPath, [...process.execArgv, script, '--json', path], { stdio: 'inherit' });
  if (error !== undefined) throw error;
  return path;
}
