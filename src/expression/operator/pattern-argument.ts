/** What `$regexFind`, `$regexFindAll` and `$regexMatch` share: their arguments and the compiled pattern. */

import { document } from '../../bson/literal.ts';
import { BSONRegExp } from '../../bson/scalar.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { compilePattern, type Pattern, type PatternMatch, PatternProblem } from '../../pcre/pattern.ts';
import { Constant, type Scope } from '../expression.ts';
import { type Argument, NamedArguments, type OperatorParser, variadicOf } from '../operator.ts';
import { describeType } from './numeric.ts';
import { codePointCount } from './text.ts';

/** An operator of an input and a pattern; `none` is its answer where either is null. */
export function matching(apply: (text: string, pattern: Pattern, scope: Scope) => Value, none: Value): OperatorParser {
  return (call) => {
    const { name } = call;
    const named = new NamedArguments(call, ['input', 'regex', 'options'], {
      notObject: 'Location51103',
      unknown: 'Location31024',
    });
    const input = call.parse(named.require('input', 'Location31022'));
    const regex = call.parse(named.require('regex', 'Location31023'));
    const options = named.parse('options') ?? new Constant(null);
    return variadicOf(
      ([text, expression, letters], scope) => {
        const pattern = readPattern(expression, letters, name);
        if (!isNullish(text) && typeof text !== 'string') {
          throw new MongoError('Location51104', `${name} needs 'input' to be of type string`);
        }
        return pattern === undefined || typeof text !== 'string' ? none : apply(text, pattern, scope);
      },
      [input, regex, options],
      call.context,
    );
  };
}

const validOptions = /^[imsxu]*$/;

/** The pattern in the arguments, or undefined where the regex is null. */
function readPattern(regex: Argument, options: Argument, name: string): Pattern | undefined {
  if (!isNullish(regex) && typeof regex !== 'string' && !(regex instanceof BSONRegExp)) {
    throw new MongoError('Location51105', `${name} needs 'regex' to be of type string or regex`);
  }
  if (!isNullish(options) && typeof options !== 'string') {
    throw new MongoError(
      'Location51106',
      `${name} needs 'options' to be of type string, found: ${describeType(options)}`,
    );
  }
  if (regex instanceof BSONRegExp && regex.options !== '' && !isNullish(options)) {
    throw new MongoError(
      'Location51107',
      `${name}: found regex option(s) specified in both 'regex' and 'option' fields`,
    );
  }
  if (isNullish(regex)) return undefined;
  const source = typeof regex === 'string' ? regex : regex.pattern;
  const letters = options ?? (typeof regex === 'string' ? '' : regex.options);
  return compile(source, typeof letters === 'string' ? letters : '', name);
}

/** Longest pattern of these operators, in UTF-8 bytes. */
const longestPattern = 16_384;

function compile(source: string, options: string, name: string): Pattern {
  if (source.includes('\0')) {
    throw new MongoError('Location51109', `${name}: regular expression cannot contain an embedded null byte`);
  }
  if (options.includes('\0')) {
    throw new MongoError('Location51110', `${name}: regular expression options cannot contain an embedded null byte`);
  }
  if (!validOptions.test(options)) {
    throw new MongoError('Location51108', `${name}: invalid flag in regex options: ${options}`);
  }
  if (Buffer.byteLength(source, 'utf8') > longestPattern) {
    throw new MongoError('Location51111', `Invalid Regex in ${name}: regular expression is too large`);
  }
  try {
    return compilePattern(source, options);
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    throw new MongoError('Location51111', `Invalid Regex in ${name}: ${error.message}`);
  }
}

/** A match as a document: its text, its place in code points, and what the groups captured. */
export function describeMatch(
  text: string,
  match: PatternMatch,
  index = codePointCount(text.slice(0, match.start)),
): BsonDocument {
  return document({
    match: text.slice(match.start, match.end),
    idx: index,
    captures: match.captures.map((capture) => capture ?? null),
  });
}
