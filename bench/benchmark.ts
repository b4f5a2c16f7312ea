/** What a benchmark is: a name and a function that measures some figures, each beside the target that was set for it. */

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `x` for a ratio. */
  readonly unit: 'x' | 'ms' | '/s' | 'MB' | 'KB' | 'bytes' | 'us';
  readonly target?: Target;
  /** What the figure was made of. */
  readonly note?: string;
}

/** How long to measure. */
export interface Effort {
  /** Rounds of which the median counts. */
  readonly rounds: number;
  /** Length of one side of a round. */
  readonly roundMs: number;
  /** Tells what is being done. */
  readonly progress: (text: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly what: string;
  run(effort: Effort): Promise<readonly Figure[]>;
}

export function isMet({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
