/** What a schema asks of one value, and how keywords are written. */
import type { BsonDocument, Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { MatchRun } from '../value-test.ts';

/** One demand. A rule about numbers holds for everything that is no number, and so on. */
export interface SchemaRule {
  holds(bytes: Buffer, type: number, at: number, run: MatchRun): boolean;
}

/** One use of a keyword. */
export interface KeywordCall {
  readonly name: string;
  readonly operand: Value;
  /** The schema in which it stands: some keywords belong together. */
  readonly schema: BsonDocument;
  /** Reads a schema inside this one. */
  parse(schema: BsonDocument): SchemaRule;
}

/** undefined: the keyword says nothing by itself. */
export type Keyword = (call: KeywordCall) => SchemaRule | undefined;

export function mustBe(name: string, expected: string): MongoError {
  return new MongoError('TypeMismatch', `$jsonSchema keyword '${name}' must be ${expected}`);
}

export function cannotParse(text: string): MongoError {
  return new MongoError('FailedToParse', text);
}

/** All of these. */
export function allRules(rules: readonly SchemaRule[]): SchemaRule {
  if (rules.length === 1) return rules[0] as SchemaRule;
  return {
    holds(bytes, type, at, run) {
      for (const rule of rules) {
        run.step(1);
        if (!rule.holds(bytes, type, at, run)) return false;
      }
      return true;
    },
  };
}
