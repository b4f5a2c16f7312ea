import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant } from '../expression.ts';
import { NamedArguments, type OperatorParser, variadicOf } from '../operator.ts';

/** NUL and Unicode's white space as far as MongoDB knows it. */
const whiteSpace: ReadonlySet<string> = new Set(
  '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
);

/** Which ends are trimmed. */
export interface Ends {
  readonly left: boolean;
  readonly right: boolean;
}

/** `$trim`, `$ltrim` and `$rtrim`: takes characters off the ends, white space unless `chars` says which. */
export function trimming(ends: Ends): OperatorParser {
  return (call) => {
    const { name } = call;
    const named = new NamedArguments(call, ['input', 'chars'], {
      notObject: 'Location50696',
      unknown: 'Location50694',
    });
    named.require('input', 'Location50695');
    const input = named.parse('input') ?? new Constant(null);
    const chars = named.parse('chars');
    return variadicOf(
      ([text, set]) => {
        if (isNullish(text)) return null;
        if (typeof text !== 'string') {
          throw new MongoError(
            'Location50699',
            `${name} requires its input to be a string, got ${typeName(text)} instead.`,
          );
        }
        if (chars === undefined) return trim(text, whiteSpace, ends);
        if (isNullish(set)) return null;
        if (typeof set !== 'string') {
          throw new MongoError(
            'Location50700',
            `${name} requires 'chars' to be a string, got ${typeName(set)} instead.`,
          );
        }
        return trim(text, new Set(set), ends);
      },
      chars === undefined ? [input] : [input, chars],
      call.context,
    );
  };
}

function trim(text: string, characters: ReadonlySet<string>, ends: Ends): string {
  const points = [...text];
  let start = 0;
  let end = points.length;
  if (ends.left) while (start < end && characters.has(points[start] as string)) start++;
  if (ends.right) while (end > start && characters.has(points[end - 1] as string)) end--;
  return points.slice(start, end).join('');
}
