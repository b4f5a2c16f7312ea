import { type Benchmark, type Figure, isMet } from './benchmark.ts';

export interface Measured {
  readonly benchmark: Pick<Benchmark, 'name' | 'what'>;
  readonly figures: readonly Figure[];
  /** Why there are no figures. */
  readonly failure?: string;
}

const columns = ['figure', 'measured', 'target', '', 'made of'] as const;

/** The table of all figures, targets beside them. */
export function printReport(results: readonly Measured[]): string {
  const rows = results.flatMap(({ benchmark, figures, failure }) => [
    [`${benchmark.name}: ${benchmark.what}`],
    ...figures.map((figure) => [
      `  ${figure.name}`,
      printNumber(figure.value, figure.unit),
      printTarget(figure),
      isMet(figure) === undefined ? '' : isMet(figure) ? 'met' : 'MISSED',
      figure.note ?? '',
    ]),
    ...(failure === undefined ? [] : [[`  failed: ${failure}`]]),
  ]);
  const table = [columns, ...rows];
  const widths = columns.map((_, column) =>
    Math.max(...table.filter((row) => row.length > 1).map((row) => (row[column] ?? '').length)),
  );
  return table.map((row) => printRow(row, widths)).join('\n');
}

function printRow(row: readonly string[], widths: readonly number[]): string {
  if (row.length === 1) return row[0] ?? '';
  return row
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

function printTarget({ target, unit }: Figure): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `>= ${printNumber(target.atLeast, unit)}` : `<= ${printNumber(target.atMost, unit)}`;
}

function printNumber(value: number, unit: Figure['unit']): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(digits);
  return unit === 'x' || unit === '/s' ? `${text}${unit}` : `${text} ${unit}`;
}
