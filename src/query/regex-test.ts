import { readCString, readInt32, readUtf8 } from '../bson/read.ts';
import { BSONRegExp } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import type { Value } from '../bson/value.ts';
import { bytesPerStep } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import { compilePattern, type Pattern, PatternProblem } from '../pcre/pattern.ts';
import type { MatchRun, ValueTest } from './value-test.ts';

/** Strings that a pattern matches, and the same pattern stored as a value. */
export class RegexTest implements ValueTest {
  readonly operator = '$regex';
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly pattern: string;
  readonly options: string;
  readonly #compiled: Pattern;

  /** Throws 51108 for an unknown option and 51091 for a pattern that cannot be. */
  constructor(pattern: string, options: string) {
    if (/[^imsux]/.test(options)) {
      const wrong = options.replaceAll(/[imsux]/g, '')[0];
      throw new MongoError('Location51108', `invalid flag in regex options: ${wrong}`);
    }
    if (pattern.includes('\0')) {
      throw new MongoError('BadValue', 'Regular expression cannot contain an embedded null byte');
    }
    this.pattern = pattern;
    this.options = options;
    this.operand = pattern;
    this.#compiled = compile(pattern, options);
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    switch (type) {
      case BsonType.string:
      case BsonType.symbol: {
        const sizeBytes = readInt32(bytes, at);
        run.step(1 + Math.trunc(sizeBytes / bytesPerStep));
        return this.#compiled.test(readUtf8(bytes, at + 4, at + 3 + sizeBytes));
      }
      case BsonType.regex: {
        const stored = readCString(bytes, at);
        return stored.text === this.pattern && readCString(bytes, stored.end).text === this.options;
      }
      default:
        return false;
    }
  }

  /** The pattern as a value. */
  get expression(): BSONRegExp {
    return new BSONRegExp(this.pattern, this.options);
  }
}

function compile(pattern: string, options: string): Pattern {
  try {
    return compilePattern(pattern, options);
  } catch (problem) {
    if (!(problem instanceof PatternProblem)) throw problem;
    throw new MongoError(
      'Location51091',
      `Regular expression is invalid: ${problem.message} at offset ${problem.offset}`,
    );
  }
}
