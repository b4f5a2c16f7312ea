import { escapeCode, letterSets, negatedSet, posixSets, propertySource, takeCode } from './escape.ts';
import { type Node, PatternProblem } from './syntax.ts';

/** One member of a set: a character that may begin a range, or a set that cannot. */
type Member = { readonly code: number; readonly end: number } | { readonly source: string; readonly end: number };

/** Reads a bracket expression; `at` is behind its opening bracket. Throws PatternProblem. */
export function parseSet(text: string, at: number, ignoreCase: boolean): { node: Node; end: number } {
  const isNegated = text[at] === '^';
  const first = isNegated ? at + 1 : at;
  let source = '';
  for (let next = first; ; ) {
    if (next >= text.length) throw new PatternProblem('missing terminating ] for character class', text.length);
    if (text[next] === ']' && next > first) {
      return { node: { kind: 'set', source, isNegated, ignoreCase }, end: next + 1 };
    }
    const member = takeMember(text, next);
    next = member.end;
    if ('source' in member) {
      source += member.source;
      continue;
    }
    const range = takeRangeEnd(text, next);
    if (range === undefined) {
      source += escapeCode(member.code);
      continue;
    }
    if (range.code < member.code) throw new PatternProblem('range out of order in character class', next);
    source += `${escapeCode(member.code)}-${escapeCode(range.code)}`;
    next = range.end;
  }
}

function takeRangeEnd(text: string, at: number): { code: number; end: number } | undefined {
  if (text[at] !== '-' || text[at + 1] === ']' || at + 1 >= text.length) return undefined;
  const member = takeMember(text, at + 1);
  return 'code' in member ? member : undefined;
}

function takeMember(text: string, at: number): Member {
  const posix = /\[:(\^?)([a-z]+):\]/y;
  posix.lastIndex = at;
  const named = posix.exec(text);
  if (named !== null) {
    const set = posixSets[named[2] as string];
    if (set === undefined) throw new PatternProblem('unknown POSIX class name', at);
    return { source: named[1] === '^' ? negatedSet(set) : set, end: at + named[0].length };
  }
  if (text[at] !== '\\') {
    const code = text.codePointAt(at) as number;
    return { code, end: at + (code > 0xffff ? 2 : 1) };
  }
  return takeEscape(text, at + 1);
}

function takeEscape(text: string, at: number): Member {
  if (at >= text.length) throw new PatternProblem('\\ at end of pattern', at);
  if (text[at] === 'b') return { code: 8, end: at + 1 };
  const octal = /[0-7]{1,3}/y;
  octal.lastIndex = at;
  const digits = octal.exec(text);
  if (digits !== null) return { code: Number.parseInt(digits[0], 8), end: at + digits[0].length };
  const code = takeCode(text, at);
  if (code !== undefined) return code;
  const property = /([pP])(?:\{(\^?)([^}]*)\}|([A-Z]))/y;
  property.lastIndex = at;
  const named = property.exec(text);
  if (named !== null) {
    const isNegated = (named[1] === 'P') !== (named[2] === '^');
    const source = propertySource(named[3] ?? (named[4] as string), isNegated);
    if (source === undefined) throw new PatternProblem('unknown property after \\P or \\p', at);
    return { source, end: at + named[0].length };
  }
  const letter = text[at] as string;
  const set = letterSets[letter];
  if (set !== undefined) return { source: set, end: at + 1 };
  const opposite = letterSets[letter.toLowerCase()];
  if (opposite !== undefined) return { source: negatedSet(opposite), end: at + 1 };
  if (/[A-Za-z]/.test(letter)) throw new PatternProblem('unrecognized character follows \\', at);
  const plain = text.codePointAt(at) as number;
  return { code: plain, end: at + (plain > 0xffff ? 2 : 1) };
}
