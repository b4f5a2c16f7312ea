/**
 * Strings whose code points order as a collation does, level behind level:
 *
 *   | primary weights … | 1 | secondary … | 1 | case … | 1 | tertiary … | 1 | quaternary … | 1 | the text itself |
 *
 * with as many levels as the strength has. Equal keys mean equal strings; order agrees with `comparison.ts` for all but
 * rare combinations (several marks on one letter, characters beyond the Basic Multilingual Plane of living scripts).
 */
import type { CollationOptions } from './options.ts';
import { WeightTable } from './weight-table.ts';

const levelMark = '\u0001';
/** Characters without a place in the table: behind all others, by code. */
const unknownBase = 0x10000;
/** On the fourth level, what is not ignored on the others. */
const highest = '\uffff';

/** Gives the keys of one collation. The table is made when the first key is asked for. */
export class SortKeys {
  readonly #options: CollationOptions;
  #table: WeightTable | undefined;

  constructor(options: CollationOptions) {
    this.#options = options;
  }

  keyOf(text: string): string {
    this.#table ??= new WeightTable(this.#options);
    const { strength, caseLevel, backwards } = this.#options;
    const levels = new Levels(this.#options.caseFirst === 'upper');
    this.#collect(text.normalize('NFD'), this.#table, levels);
    let key = levels.primary;
    if (strength >= 2) key += levelMark + (backwards ? reversed(levels.secondary) : levels.secondary);
    if (caseLevel) key += levelMark + levels.cases;
    if (strength >= 3) key += levelMark + levels.tertiary;
    if (strength >= 4) key += levelMark + levels.quaternary;
    return strength === 5 ? key + levelMark + text.normalize('NFD') : key;
  }

  #collect(text: string, table: WeightTable, levels: Levels): void {
    for (let at = 0; at < text.length; ) {
      const composed = composedAt(text, at);
      const isLetter = composed !== undefined && table.weightsOf(composed.character) !== undefined;
      if (isLetter) {
        this.#add(composed.character, table, levels);
        at = composed.end;
        continue;
      }
      if (this.#options.numericOrdering) {
        const digits = /\d+/y;
        digits.lastIndex = at;
        const match = digits.exec(text);
        if (match !== null) {
          levels.addNumber(match[0], table.weightsOf('0')?.primary ?? 0);
          at += match[0].length;
          continue;
        }
      }
      const unit = table.unitAt(text, at);
      this.#add(unit, table, levels);
      at += unit.length;
    }
  }

  #add(unit: string, table: WeightTable, levels: Levels): void {
    const expansion = table.expansionOf(unit);
    if (expansion !== undefined) {
      // An expansion differs from what it stands for by its accent, ligatures by their shape alone.
      const isLigature = unit >= '\ufb00';
      for (const character of expansion) {
        const weights = table.weightsOf(character);
        if (weights === undefined) continue;
        levels.add(character, {
          ...weights,
          secondary: weights.secondary + (isLigature ? 0 : 1),
          tertiary: weights.tertiary + (isLigature ? 4 : 0),
        });
      }
      return;
    }
    const weights = table.weightsOf(unit);
    const primary = unknownBase + ((unit.codePointAt(0) as number) % 0xf0000);
    levels.add(unit, weights ?? { primary, secondary: 0x20, tertiary: 0x20, isVariable: false });
  }
}

/** A letter with the marks behind it as one character, where there is one. */
function composedAt(text: string, at: number): { character: string; end: number } | undefined {
  const marked = /[^\p{M}]\p{M}+/uy;
  marked.lastIndex = at;
  const match = marked.exec(text);
  if (match === null) return undefined;
  const character = match[0].normalize('NFC');
  return character.length === 1 ? { character, end: at + match[0].length } : undefined;
}

class Levels {
  primary = '';
  secondary = '';
  cases = '';
  tertiary = '';
  quaternary = '';
  readonly #isUpperFirst: boolean;

  constructor(isUpperFirst: boolean) {
    this.#isUpperFirst = isUpperFirst;
  }

  add(unit: string, weights: { primary: number; secondary: number; tertiary: number; isVariable: boolean }): void {
    if (weights.isVariable) {
      this.quaternary += String.fromCodePoint(weights.primary);
      return;
    }
    if (weights.primary > 0) {
      this.primary += String.fromCodePoint(weights.primary);
      const isUpper = unit !== unit.toLowerCase();
      this.cases += isUpper === this.#isUpperFirst ? '\u0002' : '\u0003';
      this.quaternary += /[\u30a1-\u30fa]/.test(unit) ? '\u{10ffff}' : highest;
    }
    if (weights.secondary > 0) this.secondary += String.fromCodePoint(weights.secondary);
    if (weights.tertiary > 0) this.tertiary += String.fromCodePoint(weights.tertiary);
  }

  /** Digits by the number that they write: more digits are more, leading zeros are nothing. */
  addNumber(digits: string, zero: number): void {
    const significant = digits.replace(/^0+(?=.)/, '');
    this.primary += String.fromCodePoint(zero, 0x20 + significant.length);
    for (const digit of significant) this.primary += String.fromCodePoint(0x20 + Number(digit));
    this.secondary += ' ';
    this.cases += '\u0002';
    this.tertiary += ' ';
    this.quaternary += highest;
  }
}

function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}
