/**
 * Regular expressions as MongoDB has them (PCRE2 in UTF mode), run by JavaScript's engine: a pattern is read into a tree
 * and written again in JavaScript's syntax. What PCRE knows and JavaScript does not (atomic groups, possessive quantifiers,
 * `\A`, `\Z`, `\K`, POSIX classes, inline flags, simple conditions) is expressed by what JavaScript has; recursion,
 * callouts, verbs and branch reset are refused.
 */
import { emitPattern } from './emit-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
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

/** A compiled pattern. Stateless between calls. */
export class Pattern {
  readonly #expression: RegExp;
  readonly #captures: readonly number[];

  constructor(expression: RegExp, captures: readonly number[]) {
    this.#expression = expression;
    this.#captures = captures;
  }

  test(text: string): boolean {
    this.#expression.lastIndex = 0;
    return this.#expression.test(text);
  }

  /** The first match at or behind `from`. */
  find(text: string, from = 0): PatternMatch | undefined {
    this.#expression.lastIndex = from;
    const match = this.#expression.exec(text);
    if (match === null) return undefined;
    const captures = this.#captures.slice(1).map((index) => match[index]);
    return { start: match.index, end: match.index + match[0].length, captures };
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
  const { node } = parsePattern(pattern, flags);
  const emitted = emitPattern(node);
  try {
    return new Pattern(new RegExp(emitted.source, `${emitted.flags}g`), emitted.captures);
  } catch (error) {
    throw new PatternProblem(error instanceof SyntaxError ? 'pattern is not supported' : String(error), 0);
  }
}
