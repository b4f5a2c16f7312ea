/**
 * What an expression is once it is parsed: an object that gives a value for a scope. A scope is the document that is
 * looked at plus the variables in force. Every variable has a slot, numbered while parsing, so that binding one in
 * `$let` or `$map` is an assignment and looking one up an array access; nothing is allocated per document.
 *
 *   const context = new ParseContext({ collation });           // parse.ts: once
 *   const expression = parseExpression(specification, context);
 *   const scope = new Scope(environment);                      // once per run
 *   expression.evaluate(scope.on(document));                   // for every document
 */

import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ScriptRun } from '../javascript/script-run.ts';
import { limits } from '../limits.ts';

/** A parsed expression. Holds no state of a run. */
export interface Expression {
  /** The value for this scope; undefined is missing. Throws what MongoDB throws for this data. */
  evaluate(scope: Scope): Value | undefined;
}

/** What is the same for every document of a run. */
export interface Environment {
  /** $$NOW. */
  readonly now: Date;
  /** $$CLUSTER_TIME; absent on a standalone (51144). */
  readonly clusterTime?: Timestamp | undefined;
  /** $$USER_ROLES; absent: an empty array. */
  readonly userRoles?: Value | undefined;
  /** Source of $rand and $sampleRate. */
  readonly randomness: Randomness;
  /** Runs the functions of $function, $where and $accumulator; absent where none may stand. */
  readonly scripts?: ScriptRun | undefined;
  /** Looks up from long work on one document; absent where nobody waits. */
  readonly watch?: WorkWatch | undefined;
}

/** The document and the variables that an expression is evaluated with. */
export class Scope {
  /** $$ROOT, and $$CURRENT unless that was rebound. */
  root: BsonDocument;
  /** What `$meta` gives of the current document, by its name; absent: nothing. */
  metadata: ReadonlyMap<string, Value> | undefined;
  readonly environment: Environment;
  /** Values of variables by slot; undefined is a variable whose value is missing. */
  readonly slots: (Value | undefined)[];
  readonly #watch: WorkWatch | undefined;
  #elements = 0;

  constructor(environment: Environment, root: BsonDocument, slots: (Value | undefined)[] = []) {
    this.environment = environment;
    this.#watch = environment.watch;
    this.root = root;
    this.slots = slots;
  }

  /** This scope, moved on to another document. */
  on(root: BsonDocument): this {
    this.root = root;
    this.#elements = 0;
    return this;
  }

  /** Counts work that builds nothing. Throws what an operation that is to stop answers. */
  step(count = 1): void {
    this.#watch?.step(count);
  }

  /**
   * Counts array elements that an expression goes through or builds for the current document. Throws ExceededMemoryLimit
   * beyond what one document may cost; what loops over arrays inside of arrays can ask for anything.
   */
  spend(elements: number): void {
    this.#watch?.step(elements);
    this.#elements += elements;
    if (this.#elements <= limits.expressionElements) return;
    throw new MongoError(
      'ExceededMemoryLimit',
      `the expressions of one document may build or go through at most ${limits.expressionElements} array elements`,
    );
  }

  /** A scope with the same variables that changes independently: for a sub-pipeline that runs beside this one. */
  fork(root: BsonDocument = this.root): Scope {
    return new Scope(this.environment, root, [...this.slots]);
  }
}

/** An expression whose value does not depend on anything. */
export class Constant implements Expression {
  /** undefined: always missing. */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }

  evaluate(): Value | undefined {
    return this.value;
  }
}
