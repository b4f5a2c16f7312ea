/** One world of JavaScript: its own globals, its own memory and limits, and the functions that were compiled in it. */
import { createHash } from 'node:crypto';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { invariant } from '../error/invariant.ts';
import { prelude } from './prelude.ts';

/** Bytes that the values of one realm may take; beyond, the code fails with "out of memory". */
const memoryBytes = 128 * 1024 * 1024;
/** Bytes of the engine's own stack, some 250 calls deep: more would overflow that of the process below it. */
const stackBytes = 48 * 1024;

/** How a function is called: what it gives is taken as it is, or as true or false with its document as `this` and `obj`. */
export type CallMode = 'function' | 'predicate';

export class Realm {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #run: QuickJSHandle;
  #isOpen = true;

  constructor(module: QuickJSWASMModule) {
    this.#runtime = module.newRuntime({ memoryLimitBytes: memoryBytes, maxStackSizeBytes: stackBytes });
    this.#context = this.#runtime.newContext();
    const context = this.#context;
    const make = context.unwrapResult(context.evalCode(prelude, 'prelude'));
    const md5 = context.newFunction('md5', (text) =>
      context.newString(createHash('md5').update(context.getString(text)).digest('hex')),
    );
    this.#run = context.unwrapResult(context.callFunction(make, context.undefined, md5));
    md5.dispose();
    make.dispose();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Calls the function in `source` with values in the form of transfer.ts: `[this, …arguments]`. Answers `=` and the
   * result's text, `!` and the text of what was thrown, or undefined where `shouldStop` ended it.
   */
  call(source: string, mode: CallMode, values: string, shouldStop: () => boolean): string | undefined {
    invariant(this.#isOpen, 'a call into a realm that is closed');
    const context = this.#context;
    this.#runtime.setInterruptHandler(shouldStop);
    const given = [source, mode, values].map((text) => context.newString(text));
    const outcome = context.callFunction(this.#run, context.undefined, ...given);
    for (const handle of given) handle.dispose();
    if (outcome.error !== undefined) {
      outcome.error.dispose();
      return undefined;
    }
    const text = context.getString(outcome.value);
    outcome.value.dispose();
    return text;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#run.dispose();
    this.#context.dispose();
    this.#runtime.dispose();
  }
}
