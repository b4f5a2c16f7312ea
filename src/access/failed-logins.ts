/**
 * Slows down whoever guesses passwords: after a failure the next proof for the same user from the same address is looked at
 * only after a pause, which doubles with each further failure up to five seconds; proofs that come at once wait in a row.
 *
 *   proof ─► nobody failed here? ─────────────────────► look at it ─► right: forgotten · wrong: counted
 *            └─ wait for those before and the pause ──────┘
 *            └─ too many wait already: refused unseen
 *
 * Names that nobody has are counted like others. A pause belongs to one address: it keeps nobody else out.
 */
import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';

const longestPauseMs = 5000;
/** Without a further failure for so long, the earlier ones are forgotten. */
const memoryMs = 10 * 60 * 1000;
/** Pairs of user and address that are remembered; the oldest are forgotten first. */
const mostRemembered = 10_000;
const mostWaiting = 16;

/** Whoever waits, and may be told not to. */
export interface Waiter {
  whenInterrupted(): Promise<void>;
  checkInterrupt(): void;
}

interface Failures {
  count: number;
  lastMs: number;
  /** Resolves when the last one in the row has been looked at. */
  row: Promise<void>;
  waiting: number;
}

export interface FailedLoginOptions {
  readonly clock: Clock;
  /** The pause after the first failure; 0: none at all. */
  readonly firstPauseMs: () => number;
}

export class FailedLogins {
  readonly #options: FailedLoginOptions;
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  constructor(options: FailedLoginOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#failures.size;
  }

  /**
   * Runs `look`, which answers whether a proof is right, when it is this one's turn.
   * @throws MongoError AuthenticationFailed where too many wait already; whatever interrupts the waiter.
   */
  async look(name: string, address: string, waiter: Waiter, look: () => boolean): Promise<boolean> {
    const key = `${address} ${name}`;
    const failures = this.#find(key);
    const isRight = failures === undefined ? look() : await this.#inTurn(failures, waiter, look);
    if (isRight) this.#failures.delete(key);
    else this.#count(key);
    return isRight;
  }

  #find(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    if (failures === undefined || this.#options.firstPauseMs() === 0) return undefined;
    if (failures.waiting > 0 || this.#options.clock.monotonicMs() - failures.lastMs < memoryMs) return failures;
    this.#failures.delete(key);
    return undefined;
  }

  async #inTurn(failures: Failures, waiter: Waiter, look: () => boolean): Promise<boolean> {
    if (failures.waiting >= mostWaiting) throw new MongoError('AuthenticationFailed', 'Authentication failed.');
    failures.waiting++;
    const before = failures.row;
    let leave: () => void = () => undefined;
    failures.row = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      await Promise.race([before, waiter.whenInterrupted()]);
      waiter.checkInterrupt();
      await this.#pause(failures, waiter);
      return look();
    } finally {
      failures.waiting--;
      // Who gives up lets the next one pass only when it would have been its own turn.
      void before.then(leave);
    }
  }

  async #pause({ count, lastMs }: Failures, waiter: Waiter): Promise<void> {
    const { clock, firstPauseMs } = this.#options;
    const pauseMs = Math.min(firstPauseMs() * 2 ** (count - 1), longestPauseMs);
    // On a clock that stands still the pause would never end.
    if (clock.standsStill === true) return;
    const leftMs = lastMs + pauseMs - clock.monotonicMs();
    if (leftMs <= 0) return;
    let wake: () => void = () => undefined;
    const elapsed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const timer = clock.after(leftMs, wake);
    try {
      await Promise.race([elapsed, waiter.whenInterrupted()]);
      waiter.checkInterrupt();
    } finally {
      timer.cancel();
    }
  }

  #count(key: string): void {
    const failures = this.#failures.get(key) ?? { count: 0, lastMs: 0, row: Promise.resolve(), waiting: 0 };
    failures.count++;
    failures.lastMs = this.#options.clock.monotonicMs();
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    if (this.#failures.size <= mostRemembered) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }
}
