import { Code } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import { beginLoading } from '../../javascript/engine.ts';
import type { ScriptRun } from '../../javascript/script-run.ts';
import type { Accumulator, AccumulatorContext, AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import { valueSizeBytes } from '../value-size.ts';

interface Functions {
  readonly init: string;
  readonly accumulate: string;
  readonly finalize: string | undefined;
}

const codes: Readonly<Record<string, CodeName>> = {
  init: 'Location4544707',
  accumulate: 'Location4544708',
  accumulateArgs: 'Location4544709',
  merge: 'Location4544710',
  lang: 'Location4544711',
};
const known: ReadonlySet<string> = new Set([...Object.keys(codes), 'initArgs', 'finalize']);

/** The state lives outside of the sandbox, as a BSON value; each function gets it and gives the next one. */
class ScriptState implements AccumulatorState {
  readonly #scripts: ScriptRun;
  readonly #functions: Functions;
  #state: Value;

  constructor(scripts: ScriptRun, functions: Functions, initArgs: readonly Value[]) {
    this.#scripts = scripts;
    this.#functions = functions;
    this.#state = scripts.call(functions.init, initArgs, BsonDocument.empty);
  }

  add(input: Value | undefined): void {
    if (!Array.isArray(input)) {
      throw new MongoError('Location4544712', '$accumulator accumulateArgs must evaluate to an array');
    }
    this.#state = this.#scripts.call(this.#functions.accumulate, [this.#state, ...input], BsonDocument.empty);
  }

  result(): Value {
    const { finalize } = this.#functions;
    return finalize === undefined ? this.#state : this.#scripts.call(finalize, [this.#state], BsonDocument.empty);
  }

  get sizeBytes(): number {
    return valueSizeBytes(this.#state);
  }
}

function sourceOf(operand: BsonDocument, name: string): string {
  const value = operand.get(name);
  if (typeof value === 'string') return value;
  if (value instanceof Code) return String(value.code);
  throw new MongoError('Location4544701', `$accumulator '${name}' must be a string or code`);
}

function checkFields(argument: Value): BsonDocument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location4544703',
      `$accumulator expects an object as an argument; found: ${typeName(argument)}`,
    );
  }
  for (const name of argument.keys()) {
    if (!known.has(name)) {
      throw new MongoError('Location4544706', `$accumulator got an unexpected field: ${name}`);
    }
  }
  for (const [name, code] of Object.entries(codes)) {
    if (!argument.has(name)) throw new MongoError(code, `$accumulator missing required argument '${name}'`);
  }
  if (argument.get('lang') !== 'js') {
    throw new MongoError('Location4544704', "$accumulator lang must be 'js'");
  }
  return argument;
}

class ScriptAccumulator implements Accumulator {
  readonly #functions: Functions;
  readonly #args: Expression;
  readonly #initArgs: Expression | undefined;

  constructor(functions: Functions, args: Expression, initArgs: Expression | undefined) {
    this.#functions = functions;
    this.#args = args;
    this.#initArgs = initArgs;
  }

  read(scope: Scope): Value | undefined {
    return this.#args.evaluate(scope);
  }

  start(group: Scope): AccumulatorState {
    const { scripts } = group.environment;
    if (scripts === undefined) throw new MongoError('Location4660801', '$accumulator cannot be used here.');
    const initArgs = this.#initArgs === undefined ? [] : this.#initArgs.evaluate(group);
    if (!Array.isArray(initArgs)) {
      throw new MongoError('Location4544713', '$accumulator initArgs must evaluate to an array');
    }
    return new ScriptState(scripts, this.#functions, initArgs);
  }
}

function parse(argument: Value, { expressions }: AccumulatorContext): Accumulator {
  const operand = checkFields(argument);
  // Only parts of a collection that lie apart are merged, and here there are none; it has to be given all the same.
  sourceOf(operand, 'merge');
  const functions = {
    init: sourceOf(operand, 'init'),
    accumulate: sourceOf(operand, 'accumulate'),
    finalize: operand.has('finalize') ? sourceOf(operand, 'finalize') : undefined,
  };
  const initArgs = operand.get('initArgs');
  const args = parseExpression(operand.get('accumulateArgs') as Value, expressions);
  const init = initArgs === undefined ? undefined : parseExpression(initArgs, expressions);
  if (expressions.options.scripting !== 'enabled') {
    throw new MongoError('Location31264', 'Cannot run server-side javascript without the javascript engine enabled');
  }
  beginLoading();
  return new ScriptAccumulator(functions, args, init);
}

/** `{init, initArgs, accumulate, accumulateArgs, merge, finalize, lang: 'js'}`: a client's own accumulator. */
export const $accumulator: AccumulatorDefinition = { parse, inStableApi: false };
