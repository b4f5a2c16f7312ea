/**
 * The one JavaScript engine of the process: QuickJS, compiled to WebAssembly. Its memory is its own; a client's code sees
 * nothing of Node.js, its modules, the network or the disk.
 *
 *   absent ─ beginLoading ─► loading ─► ready ─ drop (the engine itself failed) ─► absent
 *
 * Nothing is loaded before something that a client sends needs it: whoever reads such a thing (`$where`, `$function`,
 * `$accumulator`) calls `beginLoading`, and whoever is about to go through documents waits for `whileLoading`.
 */
import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import { Realm } from './realm.ts';

/** Realms that may be open at a time. Beyond, the one that was opened first makes room, and is opened again when needed. */
const openRealms = 2;

type State =
  | { readonly kind: 'absent'; readonly failure?: unknown }
  | { readonly kind: 'loading'; readonly done: Promise<void> }
  | { readonly kind: 'ready'; readonly engine: Engine };

let state: State = { kind: 'absent' };

/** The loaded engine and the realms that are open in it. */
export class Engine {
  readonly #module: QuickJSWASMModule;
  #realms: Realm[] = [];

  constructor(module: QuickJSWASMModule) {
    this.#module = module;
  }

  /** A fresh realm, which shares nothing with others. */
  openRealm(): Realm {
    while (this.#realms.length >= openRealms) this.#realms.shift()?.close();
    const realm = new Realm(this.#module);
    this.#realms.push(realm);
    return realm;
  }

  /** Closes a realm whose code was stopped. */
  closeRealm(realm: Realm): void {
    this.#realms = this.#realms.filter((each) => each !== realm);
    realm.close();
  }
}

/** Begins to load the engine unless it is there or on its way. */
export function beginLoading(): void {
  if (state.kind !== 'absent') return;
  state = { kind: 'loading', done: load() };
}

async function load(): Promise<void> {
  try {
    const { newQuickJSWASMModuleFromVariant } = await import('quickjs-emscripten-core');
    const module = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
    state = { kind: 'ready', engine: new Engine(module) };
  } catch (error) {
    // Those that wait find none and say why; the next that needs it tries again.
    state = { kind: 'absent', failure: error };
  }
}

/** What to wait for before a client's code can run; undefined where nothing is being loaded. */
export function whileLoading(): Promise<void> | undefined {
  return state.kind === 'loading' ? state.done : undefined;
}

/** The engine; undefined before it was loaded. */
export function findEngine(): Engine | undefined {
  return state.kind === 'ready' ? state.engine : undefined;
}

/** Why the engine could not be loaded, where it could not. */
export function loadFailure(): unknown {
  return state.kind === 'absent' ? state.failure : undefined;
}

/** Gives the engine up, with all of its realms, after a failure that leaves its memory in doubt. */
export function dropEngine(): void {
  state = { kind: 'absent' };
  beginLoading();
}
