/** What a run of one of the two runners left behind with `--json`. */
import { readFileSync } from 'node:fs';
import { Expectations } from '../unified/expectation.ts';

export interface AreaResult {
  readonly area: string;
  readonly passed: number;
  readonly failed: number;
  /** Skipped for the reason that the test's own file gives. */
  readonly skippedByFile: number;
  /** Skipped for a reason in `expectations.json`. */
  readonly skippedByUs: number;
}

export interface Result {
  readonly runner: 'corpus' | 'conformance';
  readonly engine: string;
  readonly topology: string;
  readonly areas: readonly AreaResult[];
}

interface ResultFile {
  readonly runner: 'corpus' | 'conformance';
  readonly engine: string;
  readonly topology: string;
  readonly areas: Readonly<
    Record<string, { readonly passed: number; readonly failed: number; readonly whole: boolean }>
  >;
  readonly skipped: readonly { readonly area: string; readonly reason: string }[];
}

/** Reads a result. Throws where it is none, or holds an area of which only a part was run. */
export function readResult(path: string): Result {
  const file: ResultFile = JSON.parse(readFileSync(path, 'utf8'));
  if (file.areas === undefined || file.skipped === undefined) throw new Error(`${path} is no result of a runner`);
  const ours = new Set(Expectations.read().skipReasons);
  const areas = Object.entries(file.areas).map(([area, { passed, failed, whole }]) => {
    if (!whole) throw new Error(`${path} has run only a part of ${area}: run it whole`);
    const reasons = file.skipped.filter((skip) => skip.area === area).map(({ reason }) => reason);
    const skippedByUs = reasons.filter((reason) => ours.has(reason)).length;
    return { area, passed, failed, skippedByUs, skippedByFile: reasons.length - skippedByUs };
  });
  if (areas.length === 0) throw new Error(`${path} has run nothing`);
  const { runner, engine, topology } = file;
  return { runner, engine, topology, areas };
}
