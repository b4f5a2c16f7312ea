import type { StringComparison } from '../bson/compare.ts';
import type { StringKey } from '../bson/ordered-key.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scripting } from '../javascript/script-run.ts';
import { emptyEnvironment } from './environment.ts';
import type { Environment } from './expression.ts';

/** What an expression needs of a collation. */
export type Collation = StringComparison & StringKey;

/** What an expression reads beside constants. Grows while expressions are parsed. */
export class Dependencies {
  /** Dotted paths into the document. */
  readonly paths = new Set<string>();
  /** Whether the whole document is read ($$ROOT, or $$CURRENT by itself). */
  needsWholeDocument = false;
  /** Names of the user's variables that are read without being bound inside of the expression. */
  readonly variables = new Set<string>();
  /** Kinds of metadata that `$meta` asks for. */
  readonly metadata = new Set<string>();
  /** Whether $rand or $sampleRate makes each evaluation differ. */
  isRandom = false;
}

export interface ParseOptions {
  /** How strings compare. Absent: by bytes. */
  readonly collation?: Collation | undefined;
  /** Whether $$NOW, $$CLUSTER_TIME and $$USER_ROLES exist where the expression stands (else 51144). Default true. */
  readonly hasRuntimeVariables?: boolean;
  /** Kinds of metadata that documents come with where the expression stands (`textScore`, …). Absent: none. */
  readonly metadata?: ReadonlySet<string> | undefined;
  /** Whether the command came with `apiStrict: true`. Default false. */
  readonly isStrictApi?: boolean;
  /** Whether $function runs. Absent: it may not stand here (a validator). */
  readonly scripting?: Scripting | undefined;
  /** Looks up from reading what is very long, and from folding constants. */
  readonly watch?: WorkWatch | undefined;
}

/** A user's variable: where its value lies, and how many bindings stand around it. */
interface Variable {
  readonly slot: number;
  readonly isBoundInside: boolean;
}

/** Shared by a context and those derived from it, so that no two bindings share a slot. */
interface Shared {
  slotCount: number;
  /** Constant parts that failed while they were folded; the first is thrown unless its branch can never be reached. */
  readonly failures: MongoError[];
}

const currentName = 'CURRENT';

/** What a parser of expressions knows: options, the variables in scope, and where it notes what is read. */
export class ParseContext {
  readonly options: ParseOptions;
  readonly collation: Collation | undefined;
  readonly dependencies: Dependencies;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #shared: Shared;

  constructor(
    options: ParseOptions = {},
    dependencies: Dependencies = new Dependencies(),
    variables: ReadonlyMap<string, Variable> = new Map(),
    shared: Shared = { slotCount: 0, failures: [] },
  ) {
    this.options = options;
    this.collation = options.collation;
    this.dependencies = dependencies;
    this.#variables = variables;
    this.#shared = shared;
  }

  /** A context in which these variables are declared too, and their slots in a scope, in the same order. */
  bind(names: readonly string[], isBoundInside = true): { context: ParseContext; slots: readonly number[] } {
    this.options.watch?.step(this.#variables.size);
    const variables = new Map(this.#variables);
    const slots = names.map((name) => {
      const slot = this.#shared.slotCount++;
      variables.set(name, { slot, isBoundInside });
      return slot;
    });
    return { context: new ParseContext(this.options, this.dependencies, variables, this.#shared), slots };
  }

  /** The same context with another set of dependencies, to learn what one expression alone reads. */
  collecting(dependencies: Dependencies): ParseContext {
    return new ParseContext(this.options, dependencies, this.#variables, this.#shared);
  }

  /** The same variables under other options (another collection's collation). */
  withOptions(options: ParseOptions): ParseContext {
    return new ParseContext(options, this.dependencies, this.#variables, this.#shared);
  }

  /** The slot of a user's variable. Throws 17276 where none has this name. */
  requireSlot(name: string): number {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw new MongoError('Location17276', `Use of undefined variable: ${name}`);
    if (!variable.isBoundInside) this.dependencies.variables.add(name);
    return variable.slot;
  }

  /** The slot that $$CURRENT, and with it every `$path`, was rebound to; undefined while it is the document. */
  get currentSlot(): number | undefined {
    return this.#variables.get(currentName)?.slot;
  }

  /** What constants are folded with: they depend on nothing, and may take as long as anything else. */
  get foldingEnvironment(): Environment {
    const { watch } = this.options;
    return watch === undefined ? emptyEnvironment : { ...emptyEnvironment, watch };
  }

  /** Notes that a constant part fails whenever it is reached. */
  noteFailure(failure: MongoError): void {
    this.#shared.failures.push(failure);
  }

  /** How many failures are noted; with `dropFailures`, brackets a branch that can never be reached. */
  get failureCount(): number {
    return this.#shared.failures.length;
  }

  /** Forgets the failures beyond this count. */
  dropFailures(count: number): void {
    this.#shared.failures.length = count;
  }

  /** Throws the first failure that was noted beyond this count. */
  throwFailures(count: number): void {
    const failure = this.#shared.failures[count];
    if (failure === undefined) return;
    this.#shared.failures.length = count;
    throw failure;
  }
}

const validName = /^[a-z\u0080-\u{10ffff}][A-Za-z0-9_\u0080-\u{10ffff}]*$/u;

/** Throws FailedToParse unless a user may declare a variable of this name; `CURRENT` alone of the system's may be rebound. */
export function checkVariableName(name: string, allowsCurrent = true): void {
  if (name === currentName && allowsCurrent) return;
  if (name === '') throw new MongoError('FailedToParse', 'empty variable names are not allowed');
  if (validName.test(name)) return;
  const problem = /^[a-z\u0080-\u{10ffff}]/u.test(name)
    ? 'contains an invalid character for a variable name'
    : 'starts with an invalid character for a user variable name';
  throw new MongoError('FailedToParse', `'${name}' ${problem}`);
}
