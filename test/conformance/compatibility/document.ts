/** `docs/compatibility.md`: a part that runs fill with numbers, and a part that the server's tables fill with names. */
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';
import { type Expectation, Expectations } from '../unified/expectation.ts';
import { families } from './reference.ts';
import type { AreaResult, Result } from './result.ts';
import { compareTables, errorOfMissing, type Surface } from './surface.ts';

export const documentPath = join(repositoryRoot, 'docs', 'compatibility.md');

/** Stands before the names: what comes before it is from runs. */
const namesHeading = '## Commands, stages and operators';

/** The whole document. */
export function renderDocument(results: readonly Result[]): string {
  return [...renderNumbers(results), ...renderSkips(), renderNames()].join('\n');
}

/** The document with its names made anew and its numbers as they are. */
export function renewNames(document: string): string {
  return `${document.slice(0, namesStart(document))}${renderNames()}`;
}

/** The part of the document that holds the names. */
export function namesOf(document: string): string {
  return document.slice(namesStart(document));
}

function namesStart(document: string): number {
  const start = document.indexOf(namesHeading);
  if (start < 0) throw new Error(`the document has no "${namesHeading}"`);
  return start;
}

function renderNumbers(results: readonly Result[]): string[] {
  return [
    '# Compatibility',
    '',
    'Written by `npm run compatibility`; do not edit. Every number is from a run, and every name from the tables of the',
    'server. The reference is MongoDB 8.2: a replica set of one member, without access control.',
    '',
    ...results.flatMap(renderResult),
  ];
}

const subjects = {
  corpus: 'The corpus: commands with expectations, verified against MongoDB 8.2, over the raw wire',
  conformance: "The MongoDB drivers' specification tests, through the official Node driver",
};

function renderResult({ runner, engine, topology, areas }: Result): string[] {
  const total = areas.reduce(addAreas, { area: 'all', passed: 0, failed: 0, skippedByFile: 0, skippedByUs: 0 });
  const showsSkips = total.skippedByFile + total.skippedByUs > 0;
  const topologyOption = runner === 'conformance' ? ` --topology ${topology}` : '';
  const columns = [runner === 'corpus' ? 'area' : 'suite', 'passed', 'of', 'share'];
  if (showsSkips) columns.push('skipped by the file', 'skipped by us');
  const row = ({ area, passed, failed, skippedByFile, skippedByUs }: AreaResult): string => {
    // A share that is not whole is never shown as 100.
    const share = passed + failed === 0 ? '' : `${(Math.floor((1000 * passed) / (passed + failed)) / 10).toFixed(1)} %`;
    const cells = [area, passed, passed + failed, share, ...(showsSkips ? [skippedByFile, skippedByUs] : [])];
    return tableRow(cells);
  };
  return [
    `## ${runner} on ${engine}, ${topology}`,
    '',
    `${subjects[runner]}. Repeat with \`npm run ${runner} -- --engine ${engine}${topologyOption}\`.`,
    '',
    tableRow(columns),
    tableRow(columns.map((_, at) => (at === 0 ? '---' : '--:'))),
    ...areas.map(row),
    row(total),
    '',
  ];
}

function addAreas(left: AreaResult, right: AreaResult): AreaResult {
  return {
    area: left.area,
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skippedByFile: left.skippedByFile + right.skippedByFile,
    skippedByUs: left.skippedByUs + right.skippedByUs,
  };
}

function renderSkips(): string[] {
  return [
    '## What we skip, and why',
    '',
    'Tests of the drivers that are skipped by our own decision, or in which a field is let pass; all rows of',
    '`test/conformance/expectations.json`. Most are about the Node driver, not about the server.',
    '',
    tableRow(['what', 'why']),
    tableRow(['---', '---']),
    ...Expectations.read().rows.map((row) => tableRow([describeExpectation(row), row.why])),
    '',
  ];
}

function describeExpectation(row: Expectation): string {
  if ('extraField' in row) return `lets pass \`${row.extraField}\``;
  const where = row.topology === undefined ? '' : ` (${row.topology})`;
  if (row.operation !== undefined) return `tests with \`${row.operation}\`${where}`;
  return `\`${row.test}\`${where}`;
}

/** The names part, from the tables alone. */
export function renderNames(): string {
  return [
    namesHeading,
    '',
    "MongoDB's names are those of its 8.2 manual. What is missing answers with the error that MongoDB gives an unknown",
    'name. How well a name works is what the tables above count.',
    '',
    ...compareTables().flatMap(renderSurface),
  ].join('\n');
}

function renderSurface({ family, working, remarked, missing, beyond }: Surface): string[] {
  const knownCount = working.length + remarked.length;
  const lines = [`### ${families[family]}`, '', `${working.length} work: ${list(working)}`, ''];
  if (remarked.length > 0) {
    lines.push(`${remarked.length} of ${knownCount} that are known by name are refused or limited:`, '');
    lines.push(tableRow(['name', 'state', 'why']), tableRow(['---', '---', '---']));
    for (const { name, probe, why } of remarked) {
      lines.push(tableRow([`\`${name}\``, probe === undefined ? 'limited' : `refused: ${probe.codeName}`, why]));
    }
    lines.push('');
  }
  if (missing.length > 0) lines.push(`${missing.length} missing (${errorOfMissing[family]}): ${list(missing)}`, '');
  if (beyond.length > 0) lines.push(`${beyond.length} beyond MongoDB's list: ${list(beyond)}`, '');
  return lines;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' ');
}

function tableRow(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
