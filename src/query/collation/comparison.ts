/**
 * Comparing two strings level by level: letters, then accents, then case. `Intl.Collator` knows the levels of a language;
 * what it has no option for is put together here: a case level between accents and the rest, accents from the end,
 * ignored spaces only, ties by what was ignored (strength 4) and by code point (strength 5).
 */
import { compareStrings } from '../../bson/compare.ts';
import { type CollationOptions, localeTag } from './options.ts';

export type Comparison = (left: string, right: string) => number;

type Sensitivity = 'base' | 'accent' | 'case' | 'variant';

/** One `Intl.Collator` of the language, at one sensitivity. */
export function intlComparison(
  options: CollationOptions,
  sensitivity: Sensitivity,
  ignorePunctuation: boolean,
): Comparison {
  // Canadian French compares accents from the end by itself; here that is an option like any other.
  const collator = new Intl.Collator(localeTag(options.locale)?.replace(/^fr-CA/, 'fr'), {
    sensitivity,
    ignorePunctuation,
    numeric: options.numericOrdering,
    caseFirst: options.caseFirst === 'off' ? 'false' : options.caseFirst,
  });
  return (left, right) => collator.compare(left, right);
}

/** Whitespace that `maxVariable: 'space'` ignores. */
export const ignoredSpace = /[\t-\r \u0085\u2028\u2029]/g;

/** The comparison that the options ask for. */
export function buildComparison(options: CollationOptions): Comparison {
  if (options.locale === 'simple' || options.locale.endsWith('_POSIX')) return compareStrings;
  const isShifted = options.alternate === 'shifted';
  const ignoresSpaceOnly = isShifted && options.maxVariable === 'space';
  const levels = buildLevels(options, isShifted && !ignoresSpaceOnly);
  const first = inTurn(levels);
  const main: Comparison = ignoresSpaceOnly
    ? (left, right) => first(left.replaceAll(ignoredSpace, ''), right.replaceAll(ignoredSpace, ''))
    : first;
  const ties: Comparison[] = [];
  if (options.strength >= 4 && isShifted) ties.push(intlComparison(options, 'variant', false));
  if (options.strength >= 4) ties.push(compareKana);
  if (options.strength === 5) ties.push((left, right) => compareStrings(left.normalize('NFD'), right.normalize('NFD')));
  return inTurn([main, ...ties]);
}

function buildLevels(options: CollationOptions, ignorePunctuation: boolean): Comparison[] {
  const level = (sensitivity: Sensitivity): Comparison => intlComparison(options, sensitivity, ignorePunctuation);
  const { strength, caseLevel } = options;
  if (strength === 1) return [level(caseLevel ? 'case' : 'base')];
  const accents = options.backwards ? backwardAccents(level('base'), level('accent')) : [level('accent')];
  const levels = caseLevel ? [...accents, level('case')] : accents;
  return strength === 2 ? levels : [...(levels.length === 1 && !options.backwards ? [] : levels), level('variant')];
}

/** Letters forwards, then accents from the end: turning both strings around puts their last accent first. */
function backwardAccents(letters: Comparison, accents: Comparison): Comparison[] {
  return [letters, (left, right) => accents(reverse(left), reverse(right))];
}

function reverse(text: string): string {
  return (text.normalize('NFC').match(/\P{M}\p{M}*|\p{M}+/gsu) ?? []).reverse().join('');
}

function inTurn(comparisons: readonly Comparison[]): Comparison {
  if (comparisons.length === 1) return comparisons[0] as Comparison;
  return (left, right) => {
    for (const compare of comparisons) {
      const order = compare(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Hiragana before katakana, where all else is equal: the fourth level of Japanese. */
function compareKana(left: string, right: string): number {
  return compareStrings(left.replaceAll(/[^\u3040-\u30ff]/g, ''), right.replaceAll(/[^\u3040-\u30ff]/g, ''));
}
