/**
 * The ratchet. `floor.json` holds, per runner, deployment and area, how many cases must still pass:
 *
 *     { "corpus": { "memory/replicaset": { "core/cursors": 415, … } }, "conformance": { … } }
 *
 * A run that passes fewer than the floor of an area it ran whole has failed, whatever else it shows. Numbers only
 * rise: `--raise` writes the higher ones and leaves the others, and a floor file whose numbers are lower than those
 * committed is refused before anything runs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './data.ts';

/** Runner → deployment → area → number that must pass. */
export type Floors = Record<string, Record<string, Record<string, number>>>;

/** Area → number. */
export type Numbers = Readonly<Record<string, number>>;

export interface Difference {
  readonly area: string;
  readonly floor: number;
  readonly passed: number;
}

export interface Judgement {
  /** Areas in which fewer passed than must: the run has failed. */
  readonly shortfalls: readonly Difference[];
  /** Areas in which more passed than must: the floor can be raised. */
  readonly gains: readonly Difference[];
}

export const floorPath = join(dirname(fileURLToPath(import.meta.url)), 'floor.json');

/** Compares what passed, in the areas that were run whole, with the floor. An area without floor must pass 0. */
export function judge(floor: Numbers, passedOfWholeAreas: ReadonlyMap<string, number>): Judgement {
  const differences = [...passedOfWholeAreas].map(([area, passed]) => ({ area, floor: floor[area] ?? 0, passed }));
  return {
    shortfalls: differences.filter(({ floor, passed }) => passed < floor),
    gains: differences.filter(({ floor, passed }) => passed > floor),
  };
}

/** The floors with the gains of one runner and deployment written in, areas in order of their names. */
export function raiseFloors(floors: Floors, runner: string, deployment: string, gains: readonly Difference[]): Floors {
  const areas = { ...floors[runner]?.[deployment] };
  for (const { area, passed } of gains) areas[area] = Math.max(passed, areas[area] ?? 0);
  const deployments = { ...floors[runner], [deployment]: sortKeys(areas) };
  return sortKeys({ ...floors, [runner]: sortKeys(deployments) });
}

/** Names every number of `committed` that `current` lowers or leaves out: "corpus memory/replicaset core/cursors 415 → 3". */
export function findLowered(committed: Floors, current: Floors): string[] {
  return Object.entries(committed).flatMap(([runner, deployments]) =>
    Object.entries(deployments).flatMap(([deployment, areas]) =>
      Object.entries(areas)
        .map(([area, number]) => ({ area, number, now: current[runner]?.[deployment]?.[area] ?? 0 }))
        .filter(({ number, now }) => now < number)
        .map(({ area, number, now }) => `${runner} ${deployment} ${area} ${number} → ${now}`),
    ),
  );
}

export function readFloors(): Floors {
  return JSON.parse(readFileSync(floorPath, 'utf8'));
}

export function writeFloors(floors: Floors): void {
  writeFileSync(floorPath, `${JSON.stringify(floors, null, 2)}\n`);
}

/** The floors as committed, and as they were one commit before; none where there is no history to ask. */
export function readCommittedFloors(): Floors[] {
  const path = relative(repositoryRoot, floorPath).replaceAll('\\', '/');
  return ['HEAD', 'HEAD~1'].flatMap((revision) => {
    try {
      const stdio: 'pipe'[] = ['pipe', 'pipe', 'pipe'];
      return [
        JSON.parse(
          execFileSync('git', ['show', `${revision}:${path}`], { cwd: repositoryRoot, encoding: 'utf8', stdio }),
        ),
      ];
    } catch {
      return [];
    }
  });
}

function sortKeys<Value>(object: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));
}
