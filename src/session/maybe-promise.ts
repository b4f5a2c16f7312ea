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
