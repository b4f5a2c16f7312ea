/**
 * Answers of one turn of the event loop, sent together at its end.
 *
 *   turn of 3 requests      read, serve │ read, serve │ read, serve │ write, write, write
 *
 * A write wakes whoever waits for it, and waking one who sleeps costs the sender more than the write itself. Between two
 * commands a client has just enough time to fall asleep again; of answers that leave one behind the other, the first one
 * finds it asleep. What has to leave is bounded, so that the first to be served does not wait for the last.
 */
import type { Socket } from 'node:net';
import { atEndOfTurn } from '../clock/clock.ts';

/** What of a socket is needed. */
type Sending = Pick<Socket, 'cork' | 'uncork'> & { write(frame: Buffer): boolean };

/** Answers, and their bytes, that leave at the latest when the next one comes. */
const mostAnswers = 8;
const mostBytes = 64 * 1024;

export class Outbox {
  #corked: Sending[] = [];
  #bytes = 0;
  #isAwaited = false;

  /** Sends a frame before the turn is over. */
  send(socket: Sending, frame: Buffer): void {
    socket.cork();
    socket.write(frame);
    this.#bytes += frame.length;
    if (this.#corked.push(socket) >= mostAnswers || this.#bytes >= mostBytes) this.#flush();
    else if (!this.#isAwaited) {
      this.#isAwaited = true;
      atEndOfTurn(() => {
        this.#isAwaited = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#corked.length === 0) return;
    const corked = this.#corked;
    this.#corked = [];
    this.#bytes = 0;
    for (const socket of corked) socket.uncork();
  }
}
