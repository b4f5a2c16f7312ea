import { describe, expect, it } from 'vitest';
import { isMongoError, type MongoError } from '../error/mongo-error.ts';
import { type Claimant, ConflictBook } from './conflict-book.ts';
import type { Write } from './engine.ts';

function statement(...keys: string[]): Write[] {
  return keys.map((key) => ({ table: 1, key, value: undefined }));
}

function lose(book: ConflictBook, claimant: Claimant, ...keys: string[]): MongoError {
  try {
    book.claim(claimant, statement(...keys));
  } catch (thrown) {
    if (isMongoError(thrown, 'WriteConflict')) return thrown;
    throw thrown;
  }
  throw new TypeError('the claim succeeded');
}

describe('the conflict book', () => {
  it('remembers no commit when nobody else is open', () => {
    const book = new ConflictBook();
    for (let sequence = 0; sequence < 100; sequence++) {
      const claimant = book.open(sequence, undefined);
      book.claim(claimant, statement('a', 'b'));
      book.settle(claimant, sequence + 1);
    }
    expect(book.rememberedRecords).toBe(0);
  });

  it('remembers commits for as long as an older snapshot may still write', () => {
    const book = new ConflictBook();
    const old = book.open(0, undefined);
    for (let sequence = 0; sequence < 10; sequence++) {
      const claimant = book.open(sequence, undefined);
      book.claim(claimant, statement(`k${sequence}`));
      book.settle(claimant, sequence + 1);
    }
    const middle = book.open(5, undefined);
    expect(book.rememberedRecords).toBe(10);
    lose(book, old, 'k0');
    book.withdraw(old);
    book.claim(middle, statement('k0', 'k4'));
    lose(book, middle, 'k5');
    book.withdraw(middle);
    expect(book.rememberedRecords).toBe(0);
  });

  it('takes no more room for records that are written again and again, however long a snapshot is open', () => {
    const book = new ConflictBook();
    const old = book.open(0, undefined);
    for (let sequence = 0; sequence < 50_000; sequence++) {
      const claimant = book.open(sequence, undefined);
      book.claim(claimant, statement(`k${sequence % 10}`));
      book.settle(claimant, sequence + 1);
    }
    // Each of the ten at most once in each of two generations.
    expect(book.rememberedRecords).toBeLessThanOrEqual(20);
    lose(book, old, 'k3');
  });

  it('forgets as snapshots move on, though there is always one open', () => {
    const book = new ConflictBook();
    let open = book.open(0, undefined);
    for (let sequence = 0; sequence < 50_000; sequence++) {
      const claimant = book.open(sequence, undefined);
      book.claim(claimant, statement(`k${sequence}`));
      book.settle(claimant, sequence + 1);
      if (sequence % 100 !== 0) continue;
      const next = book.open(sequence + 1, undefined);
      book.withdraw(open);
      open = next;
    }
    expect(book.rememberedRecords).toBeLessThan(10_000);
    lose(book, open, 'k49999');
    book.claim(open, statement('k49900'));
  });

  it('enters a lone writer when a second one shows up, with all that it claimed before', () => {
    const book = new ConflictBook();
    const lone = book.open(0, 'the first');
    book.claim(lone, statement('a'));
    book.claim(lone, statement('b'));
    const second = book.open(0, 'the second');
    expect(lose(book, second, 'x', 'a').message).toContain('the first');
    lose(book, second, 'b');
    book.claim(second, statement('x'));
    book.claim(lone, statement('c'));
    lose(book, second, 'c');
    expect(lose(book, lone, 'x').message).toContain('the second');
    expect(book.conflicts).toBe(4);
  });

  it('keeps a commit in mind that an aborted writer had claimed over', () => {
    const book = new ConflictBook();
    const old = book.open(0, undefined);
    const first = book.open(0, undefined);
    book.claim(first, statement('a'));
    book.settle(first, 1);
    const second = book.open(1, undefined);
    book.claim(second, statement('a'));
    book.withdraw(second);
    expect(lose(book, old, 'a').details.resolved).toBeUndefined();
  });

  it('lets the newest commit of a key decide, and forgets it only with that commit', () => {
    const book = new ConflictBook();
    const oldest = book.open(0, undefined);
    for (const sequence of [1, 2]) {
      const claimant = book.open(sequence - 1, undefined);
      book.claim(claimant, statement('a'));
      book.settle(claimant, sequence);
    }
    const between = book.open(2, undefined);
    lose(book, oldest, 'a');
    book.withdraw(oldest);
    book.claim(between, statement('a'));
    book.withdraw(between);
  });

  it('claims nothing of a statement that loses', () => {
    const book = new ConflictBook();
    const [winner, loser, third] = [book.open(0, undefined), book.open(0, undefined), book.open(0, undefined)];
    book.claim(winner, statement('b'));
    lose(book, loser, 'a', 'b', 'c');
    book.claim(third, statement('a', 'c'));
  });

  it('tells everyone who lost when the winner has ended, and at its close', async () => {
    const book = new ConflictBook();
    const [winner, other, loser] = [book.open(0, undefined), book.open(0, undefined), book.open(0, undefined)];
    book.claim(winner, statement('a'));
    book.claim(other, statement('b'));
    const waits = [lose(book, loser, 'a').details.resolved, lose(book, loser, 'a').details.resolved];
    const atClose = lose(book, loser, 'b').details.resolved;
    book.settle(winner, 1);
    await Promise.all(waits);
    book.close();
    await atClose;
  });
});
