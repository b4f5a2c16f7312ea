import { letterAssertions, letterSets, negatedSet, propertySource, takeCode } from './escape.ts';
import { parseSet } from './parse-set.ts';
import { type Flags, type Node, PatternProblem } from './syntax.ts';

const deepestNesting = 250;
const largestRepeat = 65535;

/** What parsing a whole pattern gives. */
export interface ParsedPattern {
  readonly node: Node;
  readonly captureCount: number;
}

/** Reads a pattern. Throws PatternProblem. */
export function parsePattern(pattern: string, flags: Flags): ParsedPattern {
  const parser = new PatternParser(pattern, flags);
  return { node: parser.parseAll(), captureCount: parser.captureCount };
}

/** A cursor over the pattern's text and what it has met so far. */
class PatternParser {
  readonly #text: string;
  readonly #names = new Map<string, number>();
  #at = 0;
  #flags: Flags;
  #depth = 0;
  #captures = 0;
  /** Groups of the whole pattern. */
  #groups = 0;

  constructor(text: string, flags: Flags) {
    this.#text = text;
    this.#flags = flags;
  }

  get captureCount(): number {
    return this.#captures;
  }

  parseAll(): Node {
    this.#noteNames();
    const node = this.#choice();
    if (this.#at < this.#text.length) throw this.#problem('unmatched closing parenthesis');
    return node;
  }

  /** Names of groups are known before they are reached, for references that come first. */
  #noteNames(): void {
    // A bracket that is not closed takes all that is left, so that nobody looks for its end from each of many.
    for (const [whole, name] of this.#text.matchAll(
      /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*(?:\]|$)|\((?!\?|\*)|\((?:\?P?<(?![=!])|\?')([A-Za-z_]\w*)/g,
    )) {
      if (!whole.startsWith('(')) continue;
      this.#groups++;
      if (name !== undefined) this.#names.set(name, this.#groups);
    }
  }

  #problem(text: string): PatternProblem {
    return new PatternProblem(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #takeMatch(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #choice(): Node {
    const outer = this.#flags;
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    this.#flags = outer;
    return branches.length === 1 ? (branches[0] as Node) : { kind: 'choice', branches };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')') {
      if (this.#skipExtended()) continue;
      const item = this.#item();
      if (item !== undefined) items.push(this.#quantified(item));
    }
    return items.length === 1 ? (items[0] as Node) : { kind: 'sequence', items };
  }

  #skipExtended(): boolean {
    if (this.#takeMatch(/\(\?#[^)]*\)/y) !== undefined) return true;
    return this.#flags.extended && this.#takeMatch(/[\t-\r ]+|#[^\n]*\n?/y) !== undefined;
  }

  #quantified(item: Node, times = 0): Node {
    if (times > deepestNesting) throw this.#problem('regular expression is too large');
    while (this.#skipExtended());
    const match = this.#takeMatch(/([*+?])|\{(\d+)(,?)(\d*)\}/y);
    if (match === undefined) return item;
    const [, sign, from, comma, to] = match;
    const least = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
    const most = sign === undefined ? limit(least, comma, to) : sign === '?' ? 1 : Number.POSITIVE_INFINITY;
    if (most !== Number.POSITIVE_INFINITY && most > largestRepeat)
      throw this.#problem('number too big in {} quantifier');
    if (most < least) throw this.#problem('numbers out of order in {} quantifier');
    const mode = this.#take('+') ? 'possessive' : this.#take('?') ? 'lazy' : 'greedy';
    return this.#quantified({ kind: 'repeat', body: item, least, most, mode }, times + 1);
  }

  #item(): Node | undefined {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    const { ignoreCase, multiline, dotAll } = this.#flags;
    this.#at += character.length;
    switch (character) {
      case '(':
        return this.#group();
      case '[': {
        const { node, end } = parseSet(this.#text, this.#at, ignoreCase);
        this.#at = end;
        return node;
      }
      case '\\':
        return this.#escape();
      case '.':
        return { kind: 'set', source: dotAll ? '' : '\\n', isNegated: true, ignoreCase: false };
      case '^':
        return verbatim(multiline ? '(?:(?<![^])|(?<=\\n)(?=[^]))' : '(?<![^])', 0);
      case '$':
        return verbatim(multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))', 0);
      case '*':
      case '+':
      case '?':
        this.#at--;
        throw this.#problem('quantifier does not follow a repeatable item');
      default:
        return { kind: 'character', code: character.codePointAt(0) as number, ignoreCase };
    }
  }

  #group(): Node | undefined {
    if (++this.#depth > deepestNesting) throw this.#problem('parentheses are too deeply nested');
    const node = this.#groupBody();
    this.#depth--;
    return node;
  }

  #groupBody(): Node | undefined {
    if (this.#takeMatch(/\*/y) !== undefined) throw this.#problem('(*VERB) not recognized or malformed');
    if (!this.#take('?')) return this.#capture();
    if (this.#takeMatch(/P?<(?![=!])[A-Za-z_]\w*>|'[A-Za-z_]\w*'/y) !== undefined) return this.#capture();
    for (const opener of ['(?<=', '(?<!', '(?=', '(?!'] as const) {
      if (this.#take(opener.slice(2))) return { kind: 'look', opener, body: this.#closed() };
    }
    if (this.#take('>')) return { kind: 'atomic', body: this.#closed() };
    const named = this.#takeMatch(/P=([A-Za-z_]\w*)\)/y);
    if (named !== undefined) return this.#reference(named[1] as string);
    const condition = this.#takeMatch(/\((?:(\d+)|<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')\)/y);
    if (condition !== undefined) return this.#condition(condition[1] ?? condition[2] ?? (condition[3] as string));
    return this.#flagGroup();
  }

  #capture(): Node {
    const index = ++this.#captures;
    return { kind: 'capture', index, body: this.#closed() };
  }

  /** A choice up to the closing parenthesis. */
  #closed(): Node {
    const body = this.#choice();
    if (!this.#take(')')) throw this.#problem('missing closing parenthesis');
    return body;
  }

  #reference(name: string): Node {
    const index = /^\d/.test(name) ? Number(name) : this.#names.get(name);
    if (index === undefined) throw this.#problem('reference to non-existent subpattern');
    return { kind: 'reference', index };
  }

  #condition(name: string): Node {
    const reference = this.#reference(name);
    const body = this.#closed();
    const branches = body.kind === 'choice' ? body.branches : [body];
    const [yes, no = { kind: 'sequence', items: [] } as const, ...more] = branches;
    if (more.length > 0) throw this.#problem('conditional subpattern contains more than two branches');
    return { kind: 'condition', index: reference.kind === 'reference' ? reference.index : 0, yes: yes as Node, no };
  }

  /** `(?i)`, `(?i:…)`, `(?-i)`, `(?^)`. */
  #flagGroup(): Node | undefined {
    const match = this.#takeMatch(/(\^?)([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y);
    if (match === undefined) throw this.#problem('unrecognized character after (? or (?-');
    const [, reset, on = '', off = '', end] = match;
    if (/[^imsxnJU]/.test(on + off)) throw this.#problem('unrecognized character after (? or (?-');
    const none = { ignoreCase: false, multiline: false, dotAll: false, extended: false };
    const before = this.#flags;
    this.#flags = withFlags(withFlags(reset === '^' ? none : before, on, true), off, false);
    if (end === ')') return undefined;
    const body = this.#closed();
    this.#flags = before;
    return { kind: 'sequence', items: [body] };
  }

  #escape(): Node | undefined {
    const { ignoreCase } = this.#flags;
    if (this.#at >= this.#text.length) throw this.#problem('\\ at end of pattern');
    const quoted = this.#takeMatch(/Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted !== undefined) {
      const items = Array.from(
        quoted[1] as string,
        (text): Node => character(text.codePointAt(0) as number, ignoreCase),
      );
      return { kind: 'sequence', items };
    }
    if (this.#take('E')) return undefined;
    if (this.#take('K')) return { kind: 'keepOut' };
    const reference =
      this.#takeMatch(/k(?:<(\w+)>|'(\w+)'|\{(\w+)\})/y) ?? this.#takeMatch(/g(?:\{(-?\w+)\}|(-?\d+))/y);
    if (reference !== undefined) return this.#relative(reference.slice(1).find((text) => text !== undefined) as string);
    const digits = this.#takeMatch(/[1-9]\d*/y);
    if (digits !== undefined) return this.#numbered(digits[0]);
    const code = takeCode(this.#text, this.#at);
    if (code !== undefined) {
      this.#at = code.end;
      return character(code.code, ignoreCase);
    }
    return this.#letter(ignoreCase);
  }

  #relative(text: string): Node {
    return this.#reference(text.startsWith('-') ? String(this.#captures + 1 + Number(text)) : text);
  }

  /** A reference, or where there are not that many groups the code of a character in octal digits. */
  #numbered(digits: string): Node {
    const index = Number(digits);
    if (index < 10 || index <= this.#groups) {
      if (index > this.#groups) throw this.#problem('reference to non-existent subpattern');
      return { kind: 'reference', index };
    }
    const octal = /^[0-7]{1,3}/.exec(digits);
    if (octal === null) throw this.#problem('reference to non-existent subpattern');
    this.#at -= digits.length - octal[0].length;
    return character(Number.parseInt(octal[0], 8), this.#flags.ignoreCase);
  }

  #letter(ignoreCase: boolean): Node {
    const property = this.#takeMatch(/([pP])(?:\{(\^?)([^}]*)\}|([A-Z]))/y);
    if (property !== undefined) {
      const isNegated = (property[1] === 'P') !== (property[2] === '^');
      const source = propertySource(property[3] ?? (property[4] as string), isNegated);
      if (source === undefined) throw this.#problem('unknown property after \\P or \\p');
      return verbatim(source, 1);
    }
    const text = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    this.#at += text.length;
    const set = letterSets[text];
    if (set !== undefined) return { kind: 'set', source: set, isNegated: false, ignoreCase: false };
    const opposite = letterSets[text.toLowerCase()];
    if (opposite !== undefined)
      return { kind: 'set', source: negatedSet(opposite), isNegated: false, ignoreCase: false };
    const assertion = letterAssertions[text];
    if (assertion !== undefined) return verbatim(assertion.source, assertion.length);
    if (/[A-Za-z]/.test(text)) throw this.#problem('unrecognized character follows \\');
    return character(text.codePointAt(0) as number, ignoreCase);
  }
}

function character(code: number, ignoreCase: boolean): Node {
  return { kind: 'character', code, ignoreCase };
}

function verbatim(source: string, length: number): Node {
  return { kind: 'verbatim', source, length };
}

function limit(least: number, comma: string | undefined, to: string | undefined): number {
  if (comma === '') return least;
  return to === '' ? Number.POSITIVE_INFINITY : Number(to);
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  return {
    ignoreCase: letters.includes('i') ? value : flags.ignoreCase,
    multiline: letters.includes('m') ? value : flags.multiline,
    dotAll: letters.includes('s') ? value : flags.dotAll,
    extended: letters.includes('x') ? value : flags.extended,
  };
}
