/** Going on after what may or may not have answered already; nothing waits that need not. */
import type { MaybePromise } from '../storage/engine.ts';

/** Calls `next` with the value, at once where it is there. */
export function chain<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Runs `attempt` and hands its outcome to one of the two; what those throw is thrown. */
export function settle<T, U>(
  attempt: () => MaybePromise<T>,
  done: (value: T) => MaybePromise<U>,
  failed: (thrown: unknown) => MaybePromise<U>,
): MaybePromise<U> {
  let value: MaybePromise<T>;
  try {
    value = attempt();
  } catch (thrown) {
    return failed(thrown);
  }
  return value instanceof Promise ? value.then(done, failed) : done(value);
}

/**
 * Runs `step` for 0, 1, … below `count`, one after the other, until it answers false. Waits only for steps that have to
 * be waited for.
 */
export function eachInTurn(count: number, step: (index: number) => MaybePromise<boolean>): MaybePromise<void> {
  for (let index = 0; index < count; index++) {
    const goesOn = step(index);
    if (goesOn instanceof Promise) {
      return index === count - 1 ? goesOn.then(nothing) : restInTurn(goesOn, index + 1, count, step);
    }
    if (!goesOn) return;
  }
}

const nothing = (): void => undefined;

async function restInTurn(
  first: Promise<boolean>,
  next: number,
  count: number,
  step: (index: number) => MaybePromise<boolean>,
): Promise<void> {
  let goesOn = await first;
  for (let index = next; goesOn && index < count; index++) goesOn = await step(index);
}

/** A promise and what resolves it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
