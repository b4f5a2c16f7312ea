import { describe, expect, it } from 'vitest';
import { type Randomness, seededRandomness } from '../clock/randomness.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { searchCost, stepsFor } from './backtracking-cost.ts';
import { emitPattern } from './emit-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { compilePattern } from './pattern.ts';
import { writeProgram } from './program.ts';
import { ProgramRun } from './program-run.ts';
import { PatternProblem } from './syntax.ts';

const noFlags = { ignoreCase: false, multiline: false, dotAll: false, extended: false };

/** Where a pattern matches and what its groups capture, as our program finds it and as JavaScript's engine does. */
function both(pattern: string, text: string): { ours: unknown; native: unknown } | undefined {
  let parsed: ReturnType<typeof parsePattern>;
  let emitted: ReturnType<typeof emitPattern>;
  let expression: RegExp;
  try {
    parsed = parsePattern(pattern, noFlags);
    emitted = emitPattern(parsed.node);
    expression = new RegExp(emitted.source, emitted.flags);
  } catch (thrown) {
    if (thrown instanceof PatternProblem || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
  const program = writeProgram(parsed.node, parsed.captureCount, emitted.flags.includes('i'));
  if (program === undefined) return undefined;
  let slots: Int32Array | undefined;
  try {
    slots = new ProgramRun(program, text).search(0);
  } catch (thrown) {
    if (isMongoError(thrown, 'Location51156')) return undefined;
    throw thrown;
  }
  const found = expression.exec(text);
  return {
    ours: slots && text.slice(slots[0], slots[1]),
    native: found?.[0],
  };
}

class PatternMaker {
  readonly #randomness: Randomness;
  constructor(seed: number) {
    this.#randomness = seededRandomness(seed);
  }

  #below(bound: number): number {
    return this.#randomness.bytes(4).readUInt32LE() % bound;
  }

  #one(...choices: readonly string[]): string {
    return choices[this.#below(choices.length)] as string;
  }

  text(): string {
    return Array.from({ length: this.#below(12) }, () => this.#one('a', 'b', 'c', 'A', ' ', '\n', 'é')).join('');
  }

  pattern(depth: number): string {
    const parts = Array.from({ length: 1 + this.#below(3) }, () => this.#atom(depth) + this.#quantifier());
    return parts.join(this.#below(4) === 0 ? '|' : '');
  }

  #atom(depth: number): string {
    if (depth === 0 || this.#below(2) === 0) {
      return this.#one('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\s', '^', '$', '\\b', 'é', '🎉', '(?i)A');
    }
    const opener = this.#one('(', '(', '(?:', '(?:', '(?>', '(?=', '(?!', '(?<=', '(?<!');
    return `${opener}${this.pattern(depth - 1)})`;
  }

  #quantifier(): string {
    return this.#one('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,3}', '++', '{0,2}?');
  }
}

/** JavaScript lets no round of a repeat be empty, PCRE does: what a repeated group matches may differ, hardly that it does. */
const repeatsGroup = /\)[*+?{]/;
const cutsWays = /\(\?>|\(\?<?[=!]|[*+?}]\+/;

describe('a bounded run of a pattern', () => {
  it('finds what JavaScript finds', () => {
    const maker = new PatternMaker(7);
    let compared = 0;
    for (let round = 0; round < 20_000; round++) {
      const [pattern, text] = [maker.pattern(3), maker.text()];
      const found = both(pattern, text);
      if (found === undefined) continue;
      const subject = `${JSON.stringify(pattern)} in ${JSON.stringify(text)}`;
      if (!repeatsGroup.test(pattern)) expect(found.ours, subject).toEqual(found.native);
      else if (!cutsWays.test(pattern)) expect(found.ours === undefined, subject).toBe(found.native === undefined);
      else continue;
      compared++;
    }
    expect(compared).toBeGreaterThan(5000);
  });

  it('finds one match after the other as if each search were the first', () => {
    const pattern = compilePattern('(a|ab)(c|bcd)*x?', '');
    const text = 'abcdabcxacbcd'.repeat(50);
    const program = writeProgram(parsePattern('(a|ab)(c|bcd)*x?', noFlags).node, 2, false);
    if (program === undefined) throw new TypeError('it is short');
    const run = new ProgramRun(program, text);
    for (let from = 0; from < text.length; ) {
      const found = run.search(from);
      const fresh = new ProgramRun(program, text).search(from);
      expect(Array.from(found ?? [])).toEqual(Array.from(fresh ?? []));
      expect(found?.[0]).toBe(pattern.find(text, from)?.start);
      from = found === undefined ? text.length : (found[1] as number);
    }
  });

  it('goes by characters, not by their halves', () => {
    expect(both('(?=c)*\\w?$', '🎉é\néba')?.ours).toBe('a');
    expect(both('.\\z', 'a🎉')?.ours).toBe('🎉');
    expect(both('(?<=🎉)b', '🎉b')?.ours).toBe('b');
  });
});

describe('a pattern that could be tried in endless ways', () => {
  const hostile = 'a'.repeat(50_000);

  it.each([
    ['(a+)+$', `${hostile}!`, false],
    ['^(a|aa)*b', hostile, false],
    ['(a|a)*$', `${hostile}!`, true],
    ['(.*a){12}!', hostile, false],
    ['([a-z]+)*=', hostile, false],
    ['(?i)^(([a-z])+.)+[A-Z]([a-z])+$', hostile, true],
    ['a*a*a*a*a*a*b', hostile, false],
    ['(x+x+)+y', 'x'.repeat(50_000), false],
    ['.*foo.*bar', 'foo '.repeat(20_000), false],
    ['(\\w+\\s?)+$', `${'word '.repeat(10_000)}!`, false],
    ['^(([a-zA-Z0-9])([\\-.]|[_]+)?([a-zA-Z0-9]+))*@x$', `${hostile}`, false],
  ])('is told to match or not, soon: %s', (pattern, text, expected) => {
    expect(compilePattern(pattern, '').test(text)).toBe(expected);
  });

  it.each([
    ['(a+)+\\1$', `${hostile}!`],
    ['^(?=(a+)+$)', `${hostile}!`],
    ['(?>(a|a)*$)', `${hostile}!`],
    ['((a*)*)*\\2b', hostile],
  ])('or is given up as PCRE does, where it cannot be told soon: %s', (pattern, text) => {
    expect(() => compilePattern(pattern, '').test(text)).toThrowError(
      expect.toSatisfy((thrown) => isMongoError(thrown, 'Location51156')),
    );
  });

  it('is not given to an engine that cannot be stopped, and one that is harmless is', () => {
    const steps = (pattern: string, length: number): number =>
      stepsFor(searchCost(parsePattern(pattern, noFlags).node), length);
    for (const pattern of ['(a+)+$', '(a|aa)*b', '(ab*)*b', '(a?){40}b', '(a{1,9}){1,9}b']) {
      expect(steps(pattern, 1000), pattern).toBeGreaterThan(1e9);
    }
    for (const pattern of [
      '^foo',
      'foo.*',
      '^.*foo',
      '\\w+@\\w+',
      '^(\\w+\\.)*com$',
      '^(foo|bar)+$',
      '^\\d{4}-\\d\\d',
    ]) {
      expect(steps(pattern, 1000), pattern).toBeLessThanOrEqual(2e6);
    }
  });
});
