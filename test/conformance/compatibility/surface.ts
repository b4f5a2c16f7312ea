/** What the server's own tables offer, name by name, against what MongoDB has. */
import { accumulatorNames } from '../../../src/aggregation/accumulator-table.ts';
import { stageNames } from '../../../src/aggregation/stage-table.ts';
import { windowFunctionNames } from '../../../src/aggregation/window-table.ts';
import { commands } from '../../../src/command/table.ts';
import { operatorNames } from '../../../src/expression/table.ts';
import { queryOperatorNames } from '../../../src/query/table.ts';
import { updateOperators } from '../../../src/update/table.ts';
import { type Family, familyNames, readReference } from './reference.ts';
import { type Remark, remarks } from './remark.ts';

/** The names in the server's tables. */
export const tableNames: Readonly<Record<Family, () => readonly string[]>> = {
  commands: () => commands.map(({ name }) => name),
  stages: stageNames,
  expressions: operatorNames,
  queries: queryOperatorNames,
  updates: () => [...updateOperators.keys()],
  accumulators: accumulatorNames,
  windows: windowFunctionNames,
};

/** What a name that is in no table meets. */
export const errorOfMissing: Readonly<Record<Family, string>> = {
  commands: 'CommandNotFound',
  stages: 'Location40324',
  expressions: 'InvalidPipelineOperator',
  queries: 'BadValue',
  updates: 'FailedToParse',
  accumulators: 'Location15952',
  windows: 'FailedToParse',
};

export interface Surface {
  readonly family: Family;
  /** MongoDB's names that the server has and that do what they are for. */
  readonly working: readonly string[];
  /** Names that the server has, and what they do not do. */
  readonly remarked: readonly Remark[];
  /** MongoDB's names that the server does not know. */
  readonly missing: readonly string[];
  /** What the server has beyond MongoDB's manual. */
  readonly beyond: readonly string[];
}

/** Compares every table with its list. */
export function compareTables(): Surface[] {
  const reference = readReference();
  return familyNames.map((family) => {
    const have = new Set(tableNames[family]());
    const known = new Set(reference[family]);
    const remarked = remarks.filter((remark) => remark.family === family).sort(byName);
    const isRemarked = (name: string): boolean => remarked.some((remark) => remark.name === name);
    return {
      family,
      working: sorted([...known].filter((name) => have.has(name) && !isRemarked(name))),
      remarked: remarked.filter(({ name }) => have.has(name)),
      missing: sorted([...known].filter((name) => !have.has(name))),
      beyond: sorted([...have].filter((name) => !known.has(name) && !isRemarked(name))),
    };
  });
}

function byName(left: Remark, right: Remark): number {
  return left.name < right.name ? -1 : 1;
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1));
}
