import { BsonDocument } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import {
  type Argument,
  argumentsOf,
  fold,
  NamedArguments,
  type OperatorCall,
  type OperatorParser,
} from '../operator.ts';
import { requireInstant, type ZoneReader, zoneReader } from './date-argument.ts';

class DatePart implements Expression {
  readonly #date: Expression;
  readonly #zone: ZoneReader;
  readonly #read: (localMs: number) => Argument;
  constructor(date: Expression, zone: ZoneReader, read: (localMs: number) => Argument) {
    this.#date = date;
    this.#zone = zone;
    this.#read = read;
  }
  evaluate(scope: Scope): Argument {
    const date = this.#date.evaluate(scope);
    if (isNullish(date)) return null;
    const utcMs = requireInstant(date);
    const zone = this.#zone(scope);
    return zone === null ? null : this.#read(utcMs + zone.offsetMs(utcMs));
  }
}

/** An operator that reads one part of a date: `{$year: date}` or `{$year: {date, timezone}}`. */
export function datePart(read: (localMs: number) => Argument): OperatorParser {
  return (call) => {
    const { date, timezone } = parseParts(call);
    return fold(new DatePart(date, zoneReader(timezone), read), [date, timezone], call.context);
  };
}

function parseParts(call: OperatorCall): { readonly date: Expression; readonly timezone: Expression | undefined } {
  const { operand } = call;
  if (operand instanceof BsonDocument && operand.firstKey()?.startsWith('$') !== true) {
    const named = new NamedArguments(call, ['date', 'timezone'], {
      notObject: 'Location40535',
      unknown: 'Location40535',
    });
    return { date: call.parse(named.require('date', 'Location40539')), timezone: named.parse('timezone') };
  }
  const [date, ...rest] = argumentsOf(call);
  if (date === undefined || rest.length > 0) {
    throw new MongoError(
      'Location40536',
      `${call.name} accepts exactly one argument if given an array, but was given ${argumentsOf(call).length}`,
    );
  }
  return { date: call.parse(date), timezone: undefined };
}
