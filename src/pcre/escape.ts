/** What stands behind a backslash, and the names of sets of characters. */

import { PatternProblem } from './syntax.ts';

/** Sets by the letter of their escape, as JavaScript writes them between brackets; without UCP they are ASCII. */
export const letterSets: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t-\\r ',
  h: '\\t \\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  v: '\\n-\\r\\u0085\\u2028\\u2029',
};

/** `[:name:]` inside brackets. */
export const posixSets: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r ',
  blank: '\\t ',
  punct: '!-/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\u0000-\\u001f\\u007f',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Za-z_',
  ascii: '\\u0000-\\u007f',
};

/** Single characters by the letter of their escape. */
export const letterCharacters: Readonly<Record<string, number>> = {
  a: 7,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
};

/** Escapes that are neither sets nor characters, with the number of characters they match. */
export const letterAssertions: Readonly<Record<string, { source: string; length: number }>> = {
  A: { source: '(?<![^])', length: 0 },
  G: { source: '(?<![^])', length: 0 },
  z: { source: '(?![^])', length: 0 },
  Z: { source: '(?=\\n?(?![^]))', length: 0 },
  b: { source: '\\b', length: 0 },
  B: { source: '\\B', length: 0 },
  N: { source: '[^\\n]', length: 1 },
  R: { source: '(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])', length: Number.NaN },
  X: { source: '(?:\\r\\n|\\P{M}\\p{M}*|\\p{M}+)', length: Number.NaN },
};

/** Ranges that match everything but a set given by letter, for use inside of brackets. */
export function negatedSet(source: string): string {
  return complement(source);
}

/** The code points that a set in bracket notation leaves out, in the same notation. */
function complement(source: string): string {
  const ranges: [number, number][] = [];
  const token = /\\u([0-9a-f]{4})|\\([tnr[])|([^\\])/gy;
  const codes: { code: number; isDash: boolean }[] = [];
  for (const [, hex, letter, plain] of source.matchAll(token)) {
    if (hex !== undefined) codes.push({ code: Number.parseInt(hex, 16), isDash: false });
    else if (letter !== undefined)
      codes.push({ code: letter === '[' ? 91 : (letterCharacters[letter] ?? 0), isDash: false });
    else codes.push({ code: (plain as string).charCodeAt(0), isDash: plain === '-' });
  }
  for (let at = 0; at < codes.length; at++) {
    const first = codes[at]?.code as number;
    if (codes[at + 1]?.isDash === true && codes[at + 2] !== undefined) {
      ranges.push([first, codes[at + 2]?.code as number]);
      at += 2;
    } else ranges.push([first, first]);
  }
  ranges.sort((left, right) => left[0] - right[0]);
  let next = 0;
  let text = '';
  for (const [first, last] of ranges) {
    if (first > next) text += range(next, first - 1);
    next = last + 1;
  }
  return text + range(next, 0x10ffff);
}

function range(first: number, last: number): string {
  return `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`;
}

/** One code point as JavaScript writes it inside and outside of brackets, whatever it means there. */
export function escapeCode(code: number): string {
  const isPlain = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isPlain ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`;
}

const categories = new Set(
  'C Cc Cf Cn Co Cs L L& Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Any'.split(
    ' ',
  ),
);

/** A Unicode property by PCRE's name as JavaScript writes it; undefined where neither knows it. */
export function propertySource(name: string, isNegated: boolean): string | undefined {
  const letter = isNegated ? 'P' : 'p';
  const special: Readonly<Record<string, string>> = { 'L&': 'LC', Xan: '', Xwd: '', Xsp: '', Xps: '' };
  const written = special[name] ?? name;
  const source = categories.has(name) ? `\\${letter}{${written}}` : `\\${letter}{Script=${written}}`;
  const known = knownProperties.get(source);
  if (known !== undefined) return known ? source : undefined;
  const exists = isSource(source);
  if (knownProperties.size < keptProperties) knownProperties.set(source, exists);
  return exists ? source : undefined;
}

/** Whether a property is one that JavaScript knows; names come from clients, so that not all can be kept. */
const knownProperties = new Map<string, boolean>();
const keptProperties = 1000;

function isSource(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

/** The code of a character that is written by letter or number behind a backslash, and where that ends. */
export function takeCode(text: string, at: number): { code: number; end: number } | undefined {
  const letter = letterCharacters[text[at] as string];
  if (letter !== undefined) return { code: letter, end: at + 1 };
  const expression = /x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{0,2})|o\{([0-7]+)\}|(0[0-7]{0,2})|c([\x20-\x7e])/y;
  expression.lastIndex = at;
  const match = expression.exec(text);
  if (match === null) return undefined;
  const [whole, long, short, octalLong, octal, control] = match;
  const end = at + whole.length;
  if (control !== undefined) return { code: control.toUpperCase().charCodeAt(0) ^ 64, end };
  const hex = long ?? short;
  const code = hex === undefined ? Number.parseInt((octalLong ?? octal) as string, 8) : Number.parseInt(hex || '0', 16);
  if (code > 0x10ffff) throw new PatternProblem('character code point value in \\x{} or \\o{} is too large', at);
  return { code, end };
}
