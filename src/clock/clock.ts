/** Time, given rather than taken. Everything that waits, expires or stamps asks the clock that the server was started with. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Time moves only when told to, so that to wait for a moment would be to wait for ever. Default false. */
  readonly standsStill?: boolean;
  /** Wall clock, milliseconds since 1970. May jump. */
  nowMs(): number;
  /** Milliseconds from some fixed point, with fractions; never goes back. For durations and deadlines. */
  monotonicMs(): number;
  /** Calls `action` once after `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
  /** Calls `action` every `periodMs` until cancelled. */
  every(periodMs: number, action: () => void): Timer;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs, action) {
    const timer = setInterval(action, periodMs);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** Resolves after `delayMs` of the clock's time. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** Lets other events of the process run before going on; what long work does between its slices. */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Calls `action` once what has arrived by now has been seen to, before anything else is waited for. */
export function atEndOfTurn(action: () => void): void {
  setImmediate(action);
}
