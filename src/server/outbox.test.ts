import { describe, expect, it } from 'vitest';
import { yieldToEvents } from '../clock/clock.ts';
import { Outbox } from './outbox.ts';

/** A socket that notes when what was written to it leaves. */
class NotedSocket {
  readonly #left: string[];
  #held: string[] = [];
  #corks = 0;

  constructor(left: string[]) {
    this.#left = left;
  }

  cork(): void {
    this.#corks++;
  }

  write(frame: Buffer): boolean {
    this.#held.push(frame.toString());
    return true;
  }

  uncork(): void {
    if (--this.#corks === 0) this.#left.push(...this.#held.splice(0));
  }
}

describe('the outbox', () => {
  it('lets the answers of one turn leave at its end, in order', async () => {
    const left: string[] = [];
    const outbox = new Outbox();
    const [first, second] = [new NotedSocket(left), new NotedSocket(left)];
    outbox.send(first, Buffer.from('a'));
    outbox.send(second, Buffer.from('b'));
    expect(left).toEqual([]);
    await yieldToEvents();
    expect(left).toEqual(['a', 'b']);
    outbox.send(first, Buffer.from('c'));
    await yieldToEvents();
    expect(left).toEqual(['a', 'b', 'c']);
  });

  it('sends several answers to one client together', async () => {
    const left: string[] = [];
    const outbox = new Outbox();
    const socket = new NotedSocket(left);
    for (const text of ['a', 'b', 'c']) outbox.send(socket, Buffer.from(text));
    await yieldToEvents();
    expect(left).toEqual(['a', 'b', 'c']);
  });

  it('does not let the first of many wait for the last, nor hold much', () => {
    const left: string[] = [];
    const outbox = new Outbox();
    const sockets = Array.from({ length: 8 }, () => new NotedSocket(left));
    for (const [place, socket] of sockets.entries()) outbox.send(socket, Buffer.from(String(place)));
    expect(left.join('')).toBe('01234567');
    outbox.send(new NotedSocket(left), Buffer.alloc(64 * 1024, 'x'));
    expect(left).toHaveLength(9);
  });
});
