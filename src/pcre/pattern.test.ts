import { describe, expect, it } from 'vitest';
import { compilePattern, PatternProblem } from './pattern.ts';

const matches = (pattern: string, text: string, options = ''): boolean => compilePattern(pattern, options).test(text);

describe('PCRE patterns', () => {
  it.each([
    ['^ab+c$', 'abbc', true],
    ['abc$', 'abc\n', true],
    ['abc\\z', 'abc\n', false],
    ['abc\\Z', 'abc\n', true],
    ['\\Aabc', 'xabc', false],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\rc', true],
    ['a++ab', 'aaab', false],
    ['(?>a+)b', 'aaab', true],
    ['(?P<w>ab)-(?P=w)', 'ab-ab', true],
    ['^(a)?(?(1)b|c)$', 'ab', true],
    ['^(a)?(?(1)b|c)$', 'c', true],
    ['^(a)?(?(1)b|c)$', 'ac', false],
    ['[[:alpha:]]+\\d', 'abc1', true],
    ['^[^[:space:]]$', ' ', false],
    ['[]a]', ']', true],
    ['[a\\]]', ']', true],
    ['[\\w-]', '-', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\Qa.b\\E', 'a.b', true],
    ['a{,2}', 'a{,2}', true],
    ['x{', 'x{', true],
    ['\\h', '\u00a0', true],
    ['^\\D$', 'é', true],
    ['^.$', '🎉', true],
    ['\\x{1F389}', '🎉', true],
    ['\\p{Lu}', 'É', true],
    ['a-b\\-c\\_', 'a-b-c_', true],
    ['(?i)ABC', 'abc', true],
    ['a(?i)b', 'aB', true],
    ['a(?i)b', 'Ab', false],
    ['(?i:[a-c])x', 'Bx', true],
    ['(?i:[a-c])x', 'BX', false],
    ['(a)(b)\\2\\1', 'abba', true],
    ['(?>a)(b)\\1', 'abb', true],
    ['', 'anything', true],
  ])('%s on %j', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  it('option x passes over white space and comments', () => {
    expect(matches(' a b # c\n d ', 'abd', 'x')).toBe(true);
    expect(matches('[ ]', ' ', 'x')).toBe(true);
  });

  it('option m anchors at line feeds only', () => {
    expect(matches('^b$', 'a\nb\nc', 'm')).toBe(true);
    expect(matches('^b', 'a\rb', 'm')).toBe(false);
  });

  it('a match after \\K begins behind it', () => {
    expect(compilePattern('foo\\Kbar', '').find('foobar')).toEqual({ start: 3, end: 6, captures: [] });
  });

  it('captures keep their numbers beside atomic groups', () => {
    expect(compilePattern('(?>a)(b)(c)?', '').find('ab')?.captures).toEqual(['b', undefined]);
  });

  it.each(['[abc', '(a', 'a)', '*a', 'a{2,1}', '(?<=a+)b', '\\', '[z-a]', '(?R)', '\\2', '(?z)', '[[:nope:]]'])(
    'refuses %s',
    (pattern) => {
      expect(() => compilePattern(pattern, '')).toThrow(PatternProblem);
    },
  );
});
