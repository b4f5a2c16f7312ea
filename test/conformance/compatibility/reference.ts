/** MongoDB's own names, as `mongodb-8.2.txt` has them. */
import { readFileSync } from 'node:fs';

/** The lists that the document compares, in its order, each with its heading. */
export const families = {
  commands: 'Commands',
  stages: 'Aggregation stages',
  expressions: 'Expression operators',
  queries: 'Query operators',
  updates: 'Update operators',
  accumulators: 'Accumulators',
  windows: 'Window functions',
} as const;

export type Family = keyof typeof families;

export const familyNames = Object.keys(families) as Family[];

const path = new URL('mongodb-8.2.txt', import.meta.url);

/** MongoDB's names of each list. Throws where a list is missing. */
export function readReference(): Readonly<Record<Family, readonly string[]>> {
  const lists = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      current = [];
      lists.set(heading, current);
    } else if (!line.startsWith('#')) {
      current.push(...line.split(' ').filter((name) => name !== ''));
    }
  }
  const listOf = (family: Family): readonly string[] => {
    const names = lists.get(family);
    if (names === undefined) throw new Error(`mongodb-8.2.txt has no list [${family}]`);
    return names;
  };
  return Object.fromEntries(familyNames.map((family) => [family, listOf(family)])) as Record<Family, readonly string[]>;
}
