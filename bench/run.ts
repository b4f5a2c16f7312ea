/**
 * Measures and prints a table, the targets beside the figures:
 *
 *   npm run bench -- [NAME…] [--json FILE] [--rounds N] [--round-ms N] [--list]
 *
 * Needs `dist` (npm run build). Targets are aims, not a gate: the exit code says only whether everything could be measured.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMet } from './benchmark.ts';
import { type Measured, printReport } from './report.ts';
import { benchmarks } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    'round-ms': { type: 'string', default: '1000' },
    list: { type: 'boolean', default: false },
  },
});

if (values.list) {
  for (const { name, what } of benchmarks) console.log(`${name.padEnd(14)} ${what}`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}; --list names them all`);
  process.exit(2);
}

const results: Measured[] = [];
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  const progress = (text: string): void => console.error(`${benchmark.name}: ${text}`);
  const effort = { rounds: Number(values.rounds), roundMs: Number(values['round-ms']), progress };
  try {
    results.push({ benchmark, figures: await benchmark.run(effort) });
  } catch (error) {
    results.push({ benchmark, figures: [], failure: error instanceof Error ? error.message : String(error) });
  }
}
console.log(`Node ${process.version}, ${process.platform} ${process.arch}, median of ${values.rounds} rounds\n`);
console.log(printReport(results));
if (values.json !== undefined) {
  const figures = results.flatMap(({ benchmark, figures, failure }) => [
    ...figures.map((figure) => ({ benchmark: benchmark.name, ...figure, isMet: isMet(figure) })),
    ...(failure === undefined ? [] : [{ benchmark: benchmark.name, failure }]),
  ]);
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, figures }, undefined, 2)}\n`);
}
process.exit(results.some((result) => result.failure !== undefined) ? 1 : 0);
