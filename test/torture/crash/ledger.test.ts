import { describe, expect, it } from 'vitest';
import { Findings } from '../torture.ts';
import { type Fate, Ledger, Seen } from './ledger.ts';

/** What is found wrong about one write when an audit sees these atoms. */
function judged(fate: Fate, atoms: readonly string[], seen: readonly string[], isAtomic = true): string[] {
  const ledger = new Ledger('d');
  const write = ledger.add(1, 'insert', [...atoms], isAtomic);
  write.fate = fate;
  return look(ledger, seen);
}

function look(ledger: Ledger, atoms: readonly string[]): string[] {
  const findings = new Findings(() => undefined);
  const seen = new Seen();
  for (const atom of atoms) seen.add(atom);
  ledger.judge(seen, findings);
  return findings.told;
}

describe('the ledger of the crash torture', () => {
  it.each<[string, Fate, string[], string[], boolean]>([
    ['a lost document', 'acknowledged', ['a/1'], [], true],
    ['half of an acknowledged transaction', 'acknowledged', ['a/1', 'b/1'], ['b/1'], true],
    ['a write that ran twice', 'acknowledged', ['a/1'], ['a/1', 'a/1'], true],
    ['an open write that ran twice', 'open', ['a/1'], ['a/1', 'a/1'], true],
    ['half of an unanswered transaction', 'open', ['a/1', 'b/1'], ['a/1'], true],
    ['the end of a batch without its start', 'open', ['a/1', 'a/2'], ['a/2'], false],
    ['a refused write that is there', 'never', ['a/1'], ['a/1'], true],
    ['what nobody wrote', 'acknowledged', ['a/1'], ['a/1', 'a/2'], true],
  ])('finds %s', (_, fate, atoms, seen, isAtomic) => {
    expect(judged(fate, atoms, seen, isAtomic)).toHaveLength(1);
  });

  it.each<[string, Fate, string[], string[], boolean]>([
    ['what is there', 'acknowledged', ['a/1', 'b/1'], ['b/1', 'a/1'], true],
    ['an unanswered write that is there', 'open', ['a/1', 'b/1'], ['a/1', 'b/1'], true],
    ['an unanswered write that is not there', 'open', ['a/1', 'b/1'], [], true],
    ['the start of an unanswered batch', 'open', ['a/1', 'a/2'], ['a/1'], false],
    ['a refused write that is not there', 'never', ['a/1'], [], true],
  ])('accepts %s', (_, fate, atoms, seen, isAtomic) => {
    expect(judged(fate, atoms, seen, isAtomic)).toEqual([]);
  });

  it('holds an unanswered write to what was seen of it first', () => {
    const ledger = new Ledger('d');
    ledger.add(1, 'insert', ['a/1']);
    ledger.add(2, 'insert', ['a/2']);
    expect(look(ledger, ['a/2'])).toEqual([]);
    expect(look(ledger, ['a/1'])).toEqual([
      'd: a/1 is there of write 1 (insert, never: a/1)',
      'd: lost a/2 of write 2 (insert, acknowledged: a/2)',
    ]);
  });
});
