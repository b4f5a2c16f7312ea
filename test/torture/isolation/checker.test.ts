import { describe, expect, it } from 'vitest';
import { check } from './checker.ts';
import type { AnomalyName, Append, Outcome, Read, Step, Transaction } from './history.ts';

const append = (key: number, value: number): Append => ({ kind: 'append', key, value });
const read = (key: number, ...values: number[]): Read => ({ kind: 'read', key, values });

/** Transactions that all overlap, and a last one that reads everything when they have ended. */
function overlapping(...steps: readonly (readonly (Step | Outcome)[])[]): Transaction[] {
  return steps.map((list, at) => {
    const [first] = list;
    const outcome = typeof first === 'string' ? first : 'committed';
    const own = list.filter((step) => typeof step !== 'string');
    const isLast = at === steps.length - 1;
    return { id: at, outcome, steps: own, begin: isLast ? 1000 : at, end: isLast ? 1001 : 100 + at };
  });
}

function names(history: readonly Transaction[]): AnomalyName[] {
  return [...new Set(check(history).map(({ name }) => name))];
}

/** One after the other. */
function serial(...steps: readonly (readonly Step[])[]): Transaction[] {
  return steps.map((list, at) => ({ id: at, outcome: 'committed', steps: list, begin: 10 * at, end: 10 * at + 5 }));
}

describe('the isolation checker', () => {
  it('finds a dirty read', () => {
    expect(names(overlapping(['aborted', append(1, 1)], [read(1, 1)], [read(1)]))).toContain('dirty read');
  });

  it('finds a dirty read of a transaction that aborts itself', () => {
    const history = overlapping(['aborted', append(1, 1)], ['aborted', read(1, 1)], [read(1)]);
    expect(names(history)).toContain('dirty read');
  });

  it('finds a read of the middle of a transaction', () => {
    expect(names(overlapping([append(1, 1), append(1, 2)], [read(1, 1)], [read(1, 1, 2)]))).toContain(
      'intermediate read',
    );
  });

  it('finds a non-repeatable read', () => {
    const history = overlapping([append(1, 1)], [read(1), read(1, 1)], [read(1, 1)]);
    expect(names(history)).toEqual(['non-repeatable read']);
  });

  it('finds a non-repeatable read behind an own write', () => {
    const history = overlapping([append(1, 1)], [read(1), append(1, 2), read(1, 1, 2)], [read(1, 1, 2)]);
    expect(names(history)).toContain('non-repeatable read');
  });

  it('finds an own write that is not seen', () => {
    expect(names(overlapping([append(1, 1), read(1)], [read(1, 1)]))).toEqual(['unseen own write']);
  });

  it('finds a lost update: a committed append that is gone', () => {
    expect(names(overlapping([append(1, 1)], [append(1, 2)], [read(1, 2)]))).toEqual(['lost update']);
  });

  it('finds a lost update: two that read the same and both wrote', () => {
    const history = overlapping([read(1), append(1, 1)], [read(1), append(1, 2)], [read(1, 1, 2)]);
    expect(names(history)).toEqual(['lost update']);
  });

  it('finds read skew', () => {
    const history = overlapping([append(1, 1), append(2, 2)], [read(1), read(2, 2)], [read(1, 1), read(2, 2)]);
    expect(names(history)).toEqual(['read skew']);
  });

  it('finds read skew in a transaction that was aborted', () => {
    const history = overlapping(
      [append(1, 1), append(2, 2)],
      ['aborted', read(1), read(2, 2)],
      [read(1, 1), read(2, 2)],
    );
    expect(names(history)).toEqual(['read skew']);
  });

  it('finds read skew through a third transaction', () => {
    const history = overlapping(
      [append(1, 1)],
      [read(1, 1), append(2, 2)],
      [read(1), read(2, 2)],
      [read(1, 1), read(2, 2)],
    );
    expect(names(history)).toEqual(['read skew']);
  });

  it('finds a long fork', () => {
    const history = overlapping(
      [append(1, 1)],
      [append(2, 2)],
      [read(1, 1), read(2)],
      [read(1), read(2, 2)],
      [read(1, 1), read(2, 2)],
    );
    expect(names(history)).toEqual(['long fork']);
  });

  it('finds circular information flow', () => {
    const history = overlapping([append(1, 1), read(2, 2)], [append(2, 2), read(1, 1)], [read(1, 1), read(2, 2)]);
    expect(names(history)).toEqual(['circular information flow']);
  });

  it('finds writes that lie between each other', () => {
    const history = overlapping([append(1, 1), append(1, 3)], [append(1, 2)], [read(1, 1, 2, 3)]);
    expect(names(history)).toContain('circular information flow');
  });

  it('finds a stale read', () => {
    expect(names(serial([append(1, 1)], [read(1)], [read(1, 1)]))).toEqual(['stale read']);
  });

  it('finds a stale read long after', () => {
    const history = serial([append(1, 1)], [append(2, 2)], [append(2, 3)], [read(1)], [read(1, 1), read(2, 2, 3)]);
    expect(names(history)).toEqual(['stale read']);
  });

  it('finds a write that ran twice', () => {
    expect(names(serial([append(1, 1)], [read(1, 1, 1)]))).toContain('repeated write');
  });

  it('finds a value that nobody wrote', () => {
    expect(names(serial([append(1, 1)], [read(1, 1, 9)]))).toContain('invented value');
  });

  it('finds two orders of the same appends', () => {
    const history = overlapping([append(1, 1)], [append(1, 2)], [read(1, 1, 2)], [read(1, 2, 1)], [read(1, 1, 2)]);
    expect(names(history)).toContain('diverging order');
  });

  it('allows write skew', () => {
    const history = overlapping([read(1), append(2, 2)], [read(2), append(1, 1)], [read(1, 1), read(2, 2)]);
    expect(check(history)).toEqual([]);
  });

  it('allows what happens one after the other', () => {
    const history = serial(
      [append(1, 1)],
      [read(1, 1), append(1, 2)],
      [read(1, 1, 2), append(2, 3)],
      [read(1, 1, 2), read(2, 3)],
    );
    expect(check(history)).toEqual([]);
  });

  it('allows an unanswered commit that is there and one that is not', () => {
    const history = overlapping(['unknown', append(1, 1)], ['unknown', append(1, 2)], [read(1, 2)]);
    expect(check(history)).toEqual([]);
  });

  it('holds an unanswered commit that was seen to all of it', () => {
    const history = overlapping(['unknown', append(1, 1), append(2, 2)], [read(1, 1), read(2)]);
    expect(names(history)).toEqual(expect.arrayContaining(['lost update']));
  });
});
