/**
 * What was written, as the client knows it, and what the store must therefore show.
 *
 * A write leaves atoms: facts that can be seen in the store by themselves (`plain/17` is document 17 of `plain`, whole
 * and unaltered). Each write has a fate:
 *
 *   acknowledged   every atom is there, exactly once
 *   never          the server refused or undid it: no atom is there
 *   open           the connection was lost before the answer: all atoms or none (of a batch: the first few); once it has
 *                  been seen which, that must stay
 */
import type { Findings } from '../torture.ts';

export type Fate = 'acknowledged' | 'never' | 'open';

export class Write {
  readonly number: number;
  readonly kind: string;
  atoms: string[];
  /** Whether the atoms come and go together. Else they come one after the other, in their order. */
  readonly isAtomic: boolean;
  fate: Fate = 'open';

  constructor(number: number, kind: string, atoms: string[], isAtomic: boolean) {
    this.number = number;
    this.kind = kind;
    this.atoms = atoms;
    this.isAtomic = isAtomic;
  }

  toString(): string {
    return `write ${this.number} (${this.kind}, ${this.fate}: ${this.atoms.join(' ')})`;
  }
}

/** Atoms that an audit saw, each with how often. */
export class Seen {
  readonly counts = new Map<string, number>();

  add(atom: string): void {
    this.counts.set(atom, (this.counts.get(atom) ?? 0) + 1);
  }
}

/** The writes of one database. */
export class Ledger {
  readonly database: string;
  readonly writes: Write[] = [];

  constructor(database: string) {
    this.database = database;
  }

  add(number: number, kind: string, atoms: string[], isAtomic = true): Write {
    const write = new Write(number, kind, atoms, isAtomic);
    this.writes.push(write);
    return write;
  }

  /** Holds what was seen against what must be, and settles what was open. */
  judge(seen: Seen, findings: Findings): void {
    const unexplained = new Map(seen.counts);
    for (const write of this.writes) {
      const present: string[] = [];
      for (const atom of write.atoms) {
        const count = seen.counts.get(atom) ?? 0;
        unexplained.delete(atom);
        if (count > 0) present.push(atom);
        if (count > 1) findings.add(`${this.database}: ${atom} is there ${count} times, of ${write}`);
      }
      this.#judgeWrite(write, present, findings);
    }
    for (const [atom, count] of unexplained) {
      findings.add(`${this.database}: ${atom} is there ${count} times, and nobody wrote it`);
    }
  }

  #judgeWrite(write: Write, present: readonly string[], findings: Findings): void {
    const { database } = this;
    const all = present.length === write.atoms.length;
    if (write.fate === 'acknowledged') {
      const missing = write.atoms.filter((atom) => !present.includes(atom));
      findings.check(all, () => `${database}: lost ${missing.join(' ')} of ${write}`);
      return;
    }
    if (write.fate === 'never') {
      findings.check(present.length === 0, () => `${database}: ${present.join(' ')} is there of ${write}`);
      return;
    }
    const isFirstFew = present.every((atom, at) => atom === write.atoms[at]);
    findings.check(all || present.length === 0 || (!write.isAtomic && isFirstFew), () => {
      return `${database}: only ${present.join(' ')} is there of ${write}`;
    });
    if (present.length > 0) write.atoms = [...present];
    write.fate = present.length > 0 ? 'acknowledged' : 'never';
  }
}
