/** What a run leaves behind: lines for the reader, a JSON file for programs, the exit code of the ratchet. */
import { writeFileSync } from 'node:fs';
import {
  type Difference,
  findLowered,
  judge,
  raiseFloors,
  readCommittedFloors,
  readFloors,
  writeFloors,
} from './floor.ts';
import type { ServerKind } from './server-process.ts';
import { type Remark, sortRemarks, summaryLine, type Tally } from './tally.ts';

/** All that is known when a run has ended. */
export interface Run {
  /** The runner's name in `floor.json`. */
  readonly runner: 'corpus' | 'conformance';
  readonly kind: ServerKind;
  /** Where the server ran that was not ours: its numbers are no floors. */
  readonly uri?: string | undefined;
  /** Areas of which every case was run; only these are judged. */
  readonly wholeAreas: ReadonlySet<string>;
  readonly tally: Tally;
  readonly durationMs: number;
  /** Files or cases during which a server died, each with the account. */
  readonly deaths: readonly string[];
  /** What the reader must know besides: stale expectations, cases that were not run. */
  readonly notes: readonly string[];
}

export interface ReportOptions {
  /** Write the result to this file. */
  readonly json?: string | undefined;
  /** Print at most so many failures. */
  readonly failures: number;
  /** Write higher floors. */
  readonly raise: boolean;
}

/** So many of the slowest cases are told in the JSON file. */
const slowestCount = 50;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Runs a runner; when it cannot go on, says why in a line. Returns the exit code, 2 where nothing can be said. */
export async function runReported(main: () => Promise<number>): Promise<number> {
  try {
    return await main();
  } catch (error) {
    print(`the run was broken off: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
}

/** Says that the data is not there. The line stands out, and the run counts nothing. */
export function reportMissingData(why: string): number {
  print(`skipped: ${why}`);
  print(summaryLine({ passed: 0, failed: 0, skipped: 0 }));
  return 0;
}

/** Refuses to start with a floor file that lowers what is committed. Returns whether it was refused. */
export function refuseLoweredFloors(): boolean {
  const lowered = readCommittedFloors().flatMap((committed) => findLowered(committed, readFloors()));
  for (const line of new Set(lowered)) print(`floor.json lowers ${line}: refused, floors only rise`);
  return lowered.length > 0;
}

/** Prints the report, writes the files asked for and returns the exit code: 1 when a floor was missed. */
export function report(run: Run, options: ReportOptions): number {
  printAreas(run);
  printFailures(sortRemarks(run.tally.failures), options.failures);
  for (const death of run.deaths) print(`the server ${death}`);
  for (const note of run.notes) print(note);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(resultDocument(run), null, 2)}\n`);
  const code = run.uri === undefined ? applyRatchet(run, options.raise) : 0;
  print(`${(run.durationMs / 1000).toFixed(1)} s on ${run.uri ?? deploymentName(run.kind)}`);
  print(summaryLine(run.tally.total));
  return code;
}

function applyRatchet(run: Run, raise: boolean): number {
  const deployment = deploymentName(run.kind);
  const whole = new Map(
    [...run.tally.areas].filter(([area]) => run.wholeAreas.has(area)).map(([area, counts]) => [area, counts.passed]),
  );
  const floors = readFloors();
  const { shortfalls, gains } = judge(floors[run.runner]?.[deployment] ?? {}, whole);
  for (const { area, floor, passed } of shortfalls)
    print(`below the floor: ${area} passes ${passed}, must pass ${floor}`);
  if (raise) {
    if (shortfalls.length > 0) print('floors are not lowered: fix what fell, then raise');
    writeFloors(raiseFloors(floors, run.runner, deployment, gains));
  }
  if (gains.length > 0) print(`${raise ? 'raised' : 'could be raised with --raise'}: ${describeGains(gains)}`);
  return shortfalls.length > 0 ? 1 : 0;
}

function describeGains(gains: readonly Difference[]): string {
  return gains.map(({ area, floor, passed }) => `${area} ${floor} → ${passed}`).join(', ');
}

function printAreas({ tally, wholeAreas }: Run): void {
  const width = Math.max(0, ...[...tally.areas.keys()].map((area) => area.length));
  for (const [area, counts] of sortedAreas(tally)) {
    const total = counts.passed + counts.failed + counts.skipped;
    const part = wholeAreas.has(area) ? '' : ' (in part)';
    print(`${area.padEnd(width)}  ${String(counts.passed).padStart(6)} of ${String(total).padStart(6)}${part}`);
  }
}

function printFailures(failures: readonly Remark[], limit: number): void {
  for (const { id, reason } of failures.slice(0, limit))
    print(`failed ${id}\n    ${reason.replaceAll('\n', '\n    ')}`);
  if (limit > 0 && failures.length > limit) print(`… and ${failures.length - limit} more failures`);
}

function resultDocument(run: Run): object {
  const { tally } = run;
  const areas = sortedAreas(tally).map(([area, counts]) => [
    area,
    { ...counts, total: counts.passed + counts.failed + counts.skipped, whole: run.wholeAreas.has(area) },
  ]);
  return {
    runner: run.runner,
    engine: run.kind.engine,
    topology: run.kind.topology,
    durationMs: Math.round(run.durationMs),
    total: tally.total,
    areas: Object.fromEntries(areas),
    deaths: run.deaths,
    notes: run.notes,
    slowest: tally.slowest(slowestCount),
    failed: sortRemarks(tally.failures),
    skipped: sortRemarks(tally.skips),
  };
}

function sortedAreas(tally: Tally) {
  return [...tally.areas].sort(([left], [right]) => (left < right ? -1 : 1));
}

function deploymentName({ engine, topology, auth, tls }: ServerKind): string {
  return `${engine}/${topology}${auth === true ? '+auth' : ''}${tls === true ? '+tls' : ''}`;
}
