/** The floors of the house (docs/architecture.md): a folder imports what lies lower, and its own files. */

export interface Floor {
  readonly folder: string;
  readonly height: number;
}

const heights: Readonly<Record<string, number>> = {
  error: 0,
  'limits.ts': 1,
  bson: 2,
  clock: 3,
  pcre: 3,
  parameter: 3,
  'log.ts': 3,
  javascript: 4,
  storage: 10,
  change: 11,
  wire: 11,
  auth: 11,
  expression: 12,
  query: 13,
  update: 14,
  aggregation: 14,
  session: 20,
  catalog: 21,
  access: 25,
  cursor: 30,
  command: 40,
  server: 50,
  cli: 60,
  'assemble.ts': 60,
  'start-server.ts': 61,
  'index.ts': 62,
  'main.ts': 62,
};

/** Where a file stands. A place that the table does not know is above everything, so that it shows at once. */
export function floorOf(path: string): Floor {
  const folder = path.split('/')[1] ?? path;
  return { folder, height: heights[folder] ?? 99 };
}
