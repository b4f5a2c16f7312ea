import { Code } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { beginLoading } from '../../javascript/engine.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import type { OperatorParser } from '../operator.ts';

class FunctionCall implements Expression {
  readonly #source: string;
  readonly #args: Expression;

  constructor(source: string, args: Expression) {
    this.#source = source;
    this.#args = args;
  }

  evaluate(scope: Scope): Value {
    const { scripts } = scope.environment;
    if (scripts === undefined) throw new MongoError('Location4660801', '$function cannot be used here.');
    const args = this.#args.evaluate(scope);
    if (!Array.isArray(args)) throw new MongoError('Location31266', 'The args field must be of type array');
    return scripts.call(this.#source, args, BsonDocument.empty);
  }
}

function requireField(operand: BsonDocument, name: string, code: CodeName, problem: string): Value {
  const value = operand.get(name);
  if (value === undefined) throw new MongoError(code, problem);
  return value;
}

/** `{body, args, lang: 'js'}`: what the client's function gives; never a constant, whatever its arguments. */
export const $function: OperatorParser = ({ operand, context, parse }) => {
  const { scripting } = context.options;
  if (scripting === undefined) {
    throw new MongoError('Location4660801', '$function cannot be used inside a validator.');
  }
  if (!(operand instanceof BsonDocument)) {
    throw new MongoError('Location31260', `$function requires an object as an argument, found: ${typeName(operand)}`);
  }
  const body = parse(requireField(operand, 'body', 'Location31261', 'The body function must be specified.'));
  if (!(body instanceof Constant)) {
    throw new MongoError('Location31432', 'The body function must be a constant expression');
  }
  const { value: source } = body;
  if (typeof source !== 'string' && !(source instanceof Code)) {
    throw new MongoError('Location31262', 'The body function must evaluate to type string or code');
  }
  const args = parse(requireField(operand, 'args', 'Location31263', 'The args field must be specified.'));
  const language = requireField(operand, 'lang', 'Location31418', 'The lang field must be specified.');
  if (language !== 'js') {
    throw new MongoError('Location31419', "Currently the only supported language specifier is 'js'.");
  }
  if (scripting === 'disabled') {
    throw new MongoError('Location31264', 'Cannot run server-side javascript without the javascript engine enabled');
  }
  beginLoading();
  return new FunctionCall(typeof source === 'string' ? source : String(source.code), args);
};
