/** `npm run corpus`: the command/expectation cases, over the raw wire. See ../README.md. */
import { Command, Option } from 'commander';
import { findData } from '../data.ts';
import { openDeployment } from '../deployment.ts';
import { refuseLoweredFloors, report, reportMissingData, runReported } from '../report.ts';
import { type Engine, engines, type ServerKind } from '../server-process.ts';
import { type Case, countedArea, findAreas } from './case-file.ts';
import { runCorpus } from './schedule.ts';

interface Options {
  readonly area?: string[];
  readonly engine: Engine;
  readonly json?: string;
  readonly failures: number;
  readonly grep?: string;
  readonly uri?: string;
  readonly log?: string;
  readonly raise: boolean;
}

const options = new Command('corpus')
  .description('Runs the corpus of verified commands and expectations against a server.')
  .option('--area <prefix...>', 'only areas that begin so, such as core/operator/expressions')
  .addOption(new Option('--engine <name>', 'storage engine of the server').choices(engines).default('memory'))
  .option('--json <file>', 'write the result to this file')
  .option('--failures <n>', 'print so many failures', Number, 0)
  .option('--grep <text>', 'only cases whose name or description holds this text')
  .option('--uri <uri>', 'use the server that runs there')
  .option('--log <file>', 'append what the server says to this file')
  .option('--raise', 'write higher floors', false)
  .parse()
  .opts<Options>();

process.exitCode = await runReported(main);

async function main(): Promise<number> {
  const data = findData('corpus');
  if (!data.found) return reportMissingData(data.why);
  if (refuseLoweredFloors()) return 1;
  const areas = findAreas(data.path);
  const selected = selectAreas(areas);
  const kind: ServerKind = { engine: options.engine, topology: 'replicaset', logPath: options.log };
  const deployment = await openDeployment(kind, options.uri);
  const startMs = performance.now();
  try {
    const { tally, deaths } = await runCorpus(deployment, {
      folder: data.path,
      areas: selected,
      accepts,
      onProgress: showProgress,
    });
    const durationMs = performance.now() - startMs;
    const wholeAreas = options.grep === undefined ? findWholeAreas(areas, selected) : new Set<string>();
    return report(
      { runner: 'corpus', kind, uri: options.uri, wholeAreas, tally, durationMs, deaths, notes: [] },
      options,
    );
  } finally {
    await deployment.stop();
  }
}

/** The areas that were asked for. Throws for a prefix that none begins with. */
function selectAreas(areas: readonly string[]): string[] {
  const { area: prefixes = [''] } = options;
  const idle = prefixes.find((prefix) => !areas.some((area) => area.startsWith(prefix)));
  if (idle !== undefined) throw new Error(`no area begins with ${idle}`);
  return areas.filter((area) => prefixes.some((prefix) => area.startsWith(prefix)));
}

function accepts(id: string, { what }: Case): boolean {
  return options.grep === undefined || id.includes(options.grep) || what.includes(options.grep);
}

/** The counted areas of which every file was selected. */
function findWholeAreas(all: readonly string[], selected: readonly string[]): Set<string> {
  const chosen = new Set(selected);
  const partial = new Set(all.filter((area) => !chosen.has(area)).map(countedArea));
  return new Set(selected.map(countedArea).filter((area) => !partial.has(area)));
}

function showProgress(count: number): void {
  if (process.stderr.isTTY && count % 500 === 0) process.stderr.write(`\r${count} cases`);
}
