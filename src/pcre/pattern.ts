/**
 * Regular expressions as MongoDB has them (PCRE2 in UTF mode), run by JavaScript's engine: a pattern is read into a tree
 * and written again in JavaScript's syntax. What PCRE knows and JavaScript does not (atomic groups, possessive quantifiers,
 * `\A`, `\Z`, `\K`, POSIX classes, inline flags, simple conditions) is expressed by what JavaScript has; recursion,
 * callouts, verbs and branch reset are refused.
 *
 * JavaScript's engine cannot be stopped. Where a pattern could keep it busy for long on a text, a slower one of our own,
 * whose steps are bounded, takes its place (`program-run.ts`).
 */
import { MongoError } from '../error/mongo-error.ts';
import { type Cost, searchCost, stepsFor } from './backtracking-cost.ts';
import { emitPattern } from './emit-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { type Program, writeProgram } from './program.ts';
import { ProgramRun } from './program-run.ts';
import { PatternProblem } from './syntax.ts';

export { PatternProblem } from './syntax.ts';

/** Longest pattern in UTF-16 units. */
const longestPattern = 32_764;

/** A match: offsets in UTF-16 units, and what the groups captured (undefined where one took no part). */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly captures: readonly (string | undefined)[];
}

/** Steps that JavaScript's engine may be given: they take it about 10 ms. */
const mostNativeSteps = 10_000_000;

/** The search that is gone on with when the same text is asked for its next match. */
let latest: { readonly pattern: Pattern; readonly text: string; readonly run: ProgramRun } | undefined;

export interface PatternParts {
  readonly expression: RegExp;
  /** The number in `expression` of each group; index 0 is unused. */
  readonly captures: readonly number[];
  readonly cost: Cost;
  readonly program: () => Program | undefined;
}

/** A compiled pattern. */
export class Pattern {
  readonly #expression: RegExp;
  readonly #captures: readonly number[];
  readonly #cost: Cost;
  readonly #writeProgram: () => Program | undefined;
  #program: Program | undefined;

  constructor({ expression, captures, cost, program }: PatternParts) {
    this.#expression = expression;
    this.#captures = captures;
    this.#cost = cost;
    this.#writeProgram = program;
  }

  /** @throws MongoError Location51156 where it would take too long to tell. */
  test(text: string): boolean {
    if (stepsFor(this.#cost, text.length) > mostNativeSteps) return this.#run(text, 0) !== undefined;
    this.#expression.lastIndex = 0;
    return this.#expression.test(text);
  }

  /** The first match at or behind `from`. @throws MongoError Location51156 where it would take too long to tell. */
  find(text: string, from = 0): PatternMatch | undefined {
    if (stepsFor(this.#cost, text.length) > mostNativeSteps) return this.#run(text, from);
    this.#expression.lastIndex = from;
    const match = this.#expression.exec(text);
    if (match === null) return undefined;
    const captures = this.#captures.slice(1).map((index) => match[index]);
    return { start: match.index, end: match.index + match[0].length, captures };
  }

  #run(text: string, from: number): PatternMatch | undefined {
    this.#program ??= this.#writeProgram();
    if (this.#program === undefined) {
      throw new MongoError(
        'Location51156',
        'Regular expression is too large to be matched against a text of this size',
      );
    }
    const isNext = from > 0 && latest?.pattern === this && latest.text === text;
    const run = isNext && latest !== undefined ? latest.run : new ProgramRun(this.#program, text);
    latest = undefined;
    const slots = run.search(from);
    if (slots === undefined) return undefined;
    latest = { pattern: this, text, run };
    const captures = Array.from({ length: this.#program.captures }, (_, index) => {
      const [start, end] = [slots[2 * index + 2] as number, slots[2 * index + 3] as number];
      return end < 0 ? undefined : text.slice(start, end);
    });
    return { start: slots[0] as number, end: slots[1] as number, captures };
  }
}

const compiled = new Map<string, Pattern>();
const keptPatterns = 500;

/**
 * Compiles a pattern. `options` are letters of `imsxu`; others are the caller's to refuse. Throws PatternProblem with
 * PCRE's words for a pattern that cannot be.
 */
export function compilePattern(pattern: string, options: string): Pattern {
  const key = `${options}/${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = compile(pattern, options);
  // The oldest goes: patterns come in the commands of clients, without limit.
  if (compiled.size >= keptPatterns) compiled.delete(compiled.keys().next().value as string);
  compiled.set(key, made);
  return made;
}

function compile(pattern: string, options: string): Pattern {
  if (pattern.length > longestPattern) throw new PatternProblem('pattern string is longer than the limit', 0);
  const flags = {
    ignoreCase: options.includes('i'),
    multiline: options.includes('m'),
    dotAll: options.includes('s'),
    extended: options.includes('x'),
  };
  const { node, captureCount } = parsePattern(pattern, flags);
  const emitted = emitPattern(node);
  try {
    return new Pattern({
      expression: new RegExp(emitted.source, `${emitted.flags}g`),
      captures: emitted.captures,
      cost: searchCost(node),
      program: () => writeProgram(node, captureCount, emitted.flags.includes('i')),
    });
  } catch (error) {
    throw new PatternProblem(error instanceof SyntaxError ? 'pattern is not supported' : String(error), 0);
  }
}
