import { isNullish } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Argument, NamedArguments, type OperatorParser, variadicOf } from '../operator.ts';
import { describeType } from './numeric.ts';

function checkText(value: Argument, argument: string, code: CodeName, name: string): void {
  if (typeof value === 'string' || isNullish(value)) return;
  throw new MongoError(code, `${name} requires that '${argument}' be a string, found: ${describeType(value)}`);
}

/** `$replaceOne` and `$replaceAll`: null where any of the three arguments is null, once their types are right. */
export function replacing(replace: (text: string, wanted: string, replacement: string) => string): OperatorParser {
  return (call) => {
    const { name } = call;
    const named = new NamedArguments(call, ['input', 'find', 'replacement'], {
      notObject: 'Location51751',
      unknown: 'Location51750',
    });
    const specifications = [
      named.require('input', 'Location51749'),
      named.require('find', 'Location51748'),
      named.require('replacement', 'Location51747'),
    ];
    return variadicOf(
      ([text, wanted, replacement]) => {
        checkText(text, 'input', 'Location10503904', name);
        checkText(wanted, 'find', 'Location10503901', name);
        checkText(replacement, 'replacement', 'Location10503902', name);
        if (typeof text !== 'string' || typeof wanted !== 'string' || typeof replacement !== 'string') return null;
        return replace(text, wanted, replacement);
      },
      specifications.map((specification) => call.parse(specification)),
      call.context,
    );
  };
}
