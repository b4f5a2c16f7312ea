/** What every torture is, and what it hands back. */
export interface Effort {
  /** The only source of chance: the same seed makes the same choices. */
  readonly seed: number;
  /** How long to go on, in seconds. A round that has begun is finished. */
  readonly seconds: number;
  readonly findings: Findings;
  readonly progress: (text: string) => void;
}

/** What was done, by name; for the summary line. */
export type Counts = Readonly<Record<string, number>>;

export interface Torture {
  readonly name: string;
  readonly what: string;
  readonly defaultSeconds: number;
  run(effort: Effort): Promise<Counts>;
}

/** So many findings are told in full; the rest are counted. */
const toldFindings = 30;

/** Everything that is not as it must be, told as soon as it is found. */
export class Findings {
  count = 0;
  readonly told: string[] = [];
  readonly #tell: (text: string) => void;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  add(text: string): void {
    this.count++;
    if (this.told.length >= toldFindings) return;
    this.told.push(text);
    this.#tell(`DIFFERENCE ${text}`);
  }

  /** Whether no more of them would be told. */
  get isFull(): boolean {
    return this.count >= toldFindings;
  }

  /** Adds a finding unless the claim holds; answers whether it holds. */
  check(holds: boolean, text: () => string): boolean {
    if (!holds) this.add(text());
    return holds;
  }
}

/** Resolves after real time: tortures put real processes under load. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
