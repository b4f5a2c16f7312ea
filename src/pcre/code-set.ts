/** Sets of code points as the patterns of this folder have them, to be asked quickly. */

const asciiCodes = 128;

export interface CodeSet {
  has(code: number): boolean;
  /** It is known to have nothing beyond ASCII. */
  readonly isAscii: boolean;
}

class BracketSet implements CodeSet {
  readonly isAscii: boolean;
  readonly #expression: RegExp;
  readonly #ascii = new Uint8Array(asciiCodes);

  constructor(expression: RegExp, isAscii: boolean) {
    this.isAscii = isAscii;
    this.#expression = expression;
    for (let code = 0; code < asciiCodes; code++) this.#ascii[code] = Number(this.#test(code));
  }

  has(code: number): boolean {
    return code < asciiCodes ? this.#ascii[code] === 1 : this.#test(code);
  }

  #test(code: number): boolean {
    return this.#expression.test(String.fromCodePoint(code));
  }
}

const known = new Map<string, CodeSet>();
const keptSets = 1000;

/** The set of what this source, as JavaScript writes it between brackets, has or (`isNegated`) has not. */
export function codeSet(source: string, isNegated: boolean, ignoreCase: boolean): CodeSet {
  const expression = `^[${isNegated ? '^' : ''}${source}]$`;
  const key = `${ignoreCase ? 'i' : ''}${expression}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // Where case is ignored, k and s have brothers far away.
  const isAscii = !isNegated && !ignoreCase && isAsciiSource(source);
  const made = new BracketSet(new RegExp(expression, ignoreCase ? 'iu' : 'u'), isAscii);
  if (known.size >= keptSets) known.clear();
  known.set(key, made);
  return made;
}

function isAsciiSource(source: string): boolean {
  const plain = source.replaceAll(/\\u\{0*[0-7]?[0-9a-f]\}|\\u00[0-7][0-9a-f]|\\[tnr[]/gi, '');
  return /^[\x20-\x5b\x5d-\x7e]*$/.test(plain);
}

/** All that is in one of these. */
export function union(sets: readonly CodeSet[]): CodeSet {
  const ascii = Uint8Array.from({ length: asciiCodes }, (_, code) => Number(sets.some((set) => set.has(code))));
  return {
    has: (code) => (code < asciiCodes ? ascii[code] === 1 : sets.some((set) => set.has(code))),
    isAscii: sets.every((set) => set.isAscii),
  };
}

/** Whether no code point is in two of these. May say no where it is so beyond ASCII. */
export function areDisjoint(sets: readonly CodeSet[]): boolean {
  if (sets.filter((set) => !set.isAscii).length > 1 || sets.length > asciiCodes + 1) return false;
  for (let code = 0; code < asciiCodes; code++) {
    if (sets.filter((set) => set.has(code)).length > 1) return false;
  }
  return true;
}
