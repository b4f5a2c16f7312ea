/** Running a client's functions for one run of a query or pipeline: in a realm of its own, and no longer than it may. */
import type { Value } from '../bson/value.ts';
import type { Clock } from '../clock/clock.ts';
import type { Interruptible } from '../clock/work-watch.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { beginLoading, dropEngine, type Engine, findEngine, loadFailure } from './engine.ts';
import type { CallMode, Realm } from './realm.ts';
import { readValue, writeValues } from './transfer.ts';

/** Where scripts may stand, and whether this server runs any: `--noscripting` disables them. */
export type Scripting = 'enabled' | 'disabled';

export class ScriptRun {
  readonly #interruptible: Interruptible;
  readonly #clock: Clock;
  readonly #callLimitMs: () => number;
  #realm: Realm | undefined;

  /** `callLimitMs` is what one call may take (internalQueryJavaScriptFnTimeoutMillis). */
  constructor(interruptible: Interruptible, clock: Clock, callLimitMs: () => number) {
    this.#interruptible = interruptible;
    this.#clock = clock;
    this.#callLimitMs = callLimitMs;
  }

  /** What the function gives for these arguments. Throws JSInterpreterFailure for what it throws. */
  call(source: string, args: readonly Value[], self: Value): Value {
    return readValue(this.#run(source, 'function', [self, ...args]));
  }

  /** Whether the expression or function holds for a document, which is its `this` and its `obj`. */
  holds(source: string, document: Value): boolean {
    return this.#run(source, 'predicate', [document]) === 'true';
  }

  #run(source: string, mode: CallMode, values: readonly Value[]): string {
    const engine = findEngine();
    if (engine === undefined) {
      const cause = loadFailure();
      beginLoading();
      throw new MongoError('JSInterpreterFailure', 'the JavaScript engine is not there yet; try again', { cause });
    }
    if (this.#realm?.isOpen !== true) this.#realm = engine.openRealm();
    const stop = this.#stopper();
    const answer = callIn(engine, this.#realm, () => this.#realm?.call(source, mode, writeValues(values), stop.asked));
    const error = stop.error();
    if (error !== undefined || answer === undefined) {
      engine.closeRealm(this.#realm);
      throw error ?? new MongoError('JSInterpreterFailure', 'the JavaScript engine gave up');
    }
    if (answer.startsWith('!')) throw new MongoError('JSInterpreterFailure', answer.slice(1));
    return answer.slice(1);
  }

  /** Asked by the engine every few thousand steps; keeps the reason for which it said no. */
  #stopper(): { asked: () => boolean; error: () => MongoError | undefined } {
    const startedMs = this.#clock.monotonicMs();
    let reason: MongoError | undefined;
    const asked = (): boolean => {
      reason ??= interruptionOf(this.#interruptible);
      if (reason === undefined && this.#clock.monotonicMs() - startedMs > this.#callLimitMs()) {
        reason = new MongoError('Interrupted', 'JavaScript execution terminated: one call took too long');
      }
      return reason !== undefined;
    };
    return { asked, error: () => reason };
  }
}

function interruptionOf(interruptible: Interruptible): MongoError | undefined {
  try {
    interruptible.checkInterrupt();
    return undefined;
  } catch (error) {
    if (isMongoError(error)) return error;
    throw error;
  }
}

/** Calls; where the engine itself breaks (its stack outgrows that of the process), gives it up and says so. */
function callIn(engine: Engine, realm: Realm, call: () => string | undefined): string | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')) {
      dropEngine();
      throw new MongoError('JSInterpreterFailure', 'InternalError: stack overflow', { cause: error });
    }
    engine.closeRealm(realm);
    throw error;
  }
}
