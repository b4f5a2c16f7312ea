/**
 * Weights of characters, found by asking: the characters of the Basic Multilingual Plane and pictures are sorted by the language's own
 * comparison, and where two neighbours differ in letter, accent or case, a new weight begins at that level. Sorting the
 * eleven thousand that are not composed of others takes some milliseconds, once for each collation that is used for keys.
 */
import { type Comparison, ignoredSpace, intlComparison } from './comparison.ts';
import { type CollationOptions, localeTag } from './options.ts';

/** Weights at the three levels; 0 is none. */
export interface Weights {
  readonly primary: number;
  readonly secondary: number;
  readonly tertiary: number;
  /** Whether the character is ignored on the first three levels, and counts on the fourth. */
  readonly isVariable: boolean;
}

/** Letters that are written with several characters in some language. */
const digraphs = 'ch dz dž gy gj lj ll ly nj ng ny cs sz ty zs dd ff ph rh rr th xh zh aa sh'.split(' ');

/** Characters that stand for several. */
const expansions: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['þ', 'th'],
  ['Þ', 'TH'],
  ['ĳ', 'ij'],
  ['Ĳ', 'IJ'],
  ['ŉ', 'ʼn'],
];

/** First weight that a character gets; below lie the marks of levels. */
const firstWeight = 0x20;

export class WeightTable {
  readonly #weights = new Map<string, Weights>();
  readonly #expansions = new Map<string, string>();
  readonly #contractions: RegExp | undefined;

  constructor(options: CollationOptions) {
    const shapes = comparisons(options);
    const digraphsHere = digraphs.flatMap((digraph) => formsOf(digraph)).filter((form) => isLetter(form, shapes.base));
    this.#contractions = digraphsHere.length === 0 ? undefined : new RegExp(`${digraphsHere.join('|')}`, 'y');
    for (const [character, text] of candidates()) {
      if (shapes.base(character, text) === 0) this.#expansions.set(character, text);
    }
    const characters = repertoire(localeTag(options.locale) ?? 'en', shapes).filter(
      (one) => !this.#expansions.has(one),
    );
    this.#assign([...characters, ...digraphsHere].sort(shapes.variant), shapes, options);
  }

  #assign(sorted: readonly string[], shapes: Shapes, options: CollationOptions): void {
    let weights = { primary: firstWeight, secondary: firstWeight, tertiary: firstWeight };
    let previous: string | undefined;
    for (const character of sorted) {
      if (previous !== undefined) {
        const { primary, secondary, tertiary } = weights;
        if (shapes.base(previous, character) !== 0) {
          weights = { primary: nextWeight(primary), secondary: firstWeight, tertiary: firstWeight };
        } else if (shapes.accent(previous, character) !== 0) {
          weights = { primary, secondary: secondary + 1, tertiary: firstWeight };
        } else if (shapes.variant(previous, character) !== 0) {
          weights = { primary, secondary, tertiary: tertiary + 1 };
        }
      }
      previous = character;
      const isIgnored = shapes.variant(character, '') === 0;
      const isMark = !isIgnored && shapes.base(character, '') === 0;
      this.#weights.set(character, {
        primary: isIgnored || isMark ? 0 : weights.primary,
        // Marks come behind the weight of a letter without one.
        secondary: isIgnored ? 0 : isMark ? weights.secondary + 0x400 : weights.secondary,
        tertiary: isIgnored ? 0 : weights.tertiary,
        isVariable: options.alternate === 'shifted' && isVariable(character, options, shapes),
      });
    }
  }

  /** The longest piece of text at this place that has weights of its own. */
  unitAt(text: string, at: number): string {
    if (this.#contractions !== undefined) {
      this.#contractions.lastIndex = at;
      const match = this.#contractions.exec(text);
      if (match !== null) return match[0];
    }
    return String.fromCodePoint(text.codePointAt(at) as number);
  }

  /** What the unit stands for, where it stands for several characters. */
  expansionOf(unit: string): string | undefined {
    return this.#expansions.get(unit);
  }

  /** Weights of a unit; undefined for a character that is ordered by its code. */
  weightsOf(unit: string): Weights | undefined {
    return this.#weights.get(unit);
  }
}

interface Shapes {
  readonly base: Comparison;
  readonly accent: Comparison;
  readonly variant: Comparison;
  readonly shifted: Comparison;
}

function comparisons(options: CollationOptions): Shapes {
  // Punctuation has weights even where it is ignored: the fourth level needs them.
  const plain = { ...options, numericOrdering: false };
  return {
    base: intlComparison(plain, 'base', false),
    accent: intlComparison(plain, 'accent', false),
    variant: intlComparison(plain, 'variant', false),
    shifted: intlComparison(plain, 'base', true),
  };
}

function isVariable(character: string, options: CollationOptions, shapes: Shapes): boolean {
  if (options.maxVariable === 'space') return character.replace(ignoredSpace, '') === '';
  return shapes.shifted(character, '') === 0 && shapes.base(character, '') !== 0;
}

/** Weights skip what UTF-16 uses for pairs. */
function nextWeight(weight: number): number {
  return weight + 1 === 0xd800 ? 0xe000 : weight + 1;
}

function formsOf(digraph: string): string[] {
  const first = digraph.charAt(0);
  return [digraph, first.toUpperCase() + digraph.slice(1), digraph.toUpperCase()];
}

/** Whether a pair of letters is a letter of its own: it then comes behind every other pair with the same beginning. */
function isLetter(digraph: string, base: Comparison): boolean {
  const first = digraph.charAt(0);
  return base(`${digraph}a`, `${first}\u0292\u0292`) > 0 && base(`${first}\u0292\u0292`, first) > 0;
}

function* candidates(): IterableIterator<readonly [string, string]> {
  yield* expansions;
  for (let code = 0xfb00; code <= 0xfb06; code++) {
    const character = String.fromCharCode(code);
    yield [character, character.normalize('NFKD')];
  }
}

const unassigned = /^[\p{Cn}\p{Cs}\p{Co}]$/u;

/** Characters to sort: those that are not composed of others, and composed ones that the language treats as letters. */
function repertoire(tag: string, shapes: Shapes): string[] {
  const characters: string[] = [];
  // Languages written in Han characters order them in their own way; elsewhere their codes are their order.
  const hasHan = /^(zh|ja|ko|yue)\b/.test(tag);
  for (let code = 0; code < 0x1fc00; code++) {
    if (code === 0x3400 && !hasHan) code = 0xa000;
    // Syllables of Hangul are composed of letters that are there already.
    if (code === 0xac00) code = 0xf900;
    // Beyond the first plane, symbols and pictures come before all letters; the scripts there keep the order of their codes.
    if (code === 0x10000) code = 0x1f000;
    const character = String.fromCodePoint(code);
    if (unassigned.test(character)) continue;
    const decomposed = character.normalize('NFD');
    if (decomposed === character || isTailored(character, decomposed, shapes)) characters.push(character);
  }
  return characters;
}

function isTailored(character: string, decomposed: string, shapes: Shapes): boolean {
  const letter = decomposed.charAt(0);
  return shapes.base(character, letter) !== 0 || shapes.accent(character, letter) < 0;
}
