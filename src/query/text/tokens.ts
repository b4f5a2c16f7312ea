import type { TextLanguage } from './language.ts';

/** What two words must agree in. */
export interface Sensitivity {
  readonly isCaseSensitive: boolean;
  readonly isDiacriticSensitive: boolean;
}

/** The sensitivity of the keys of text indexes. */
export const insensitive: Sensitivity = { isCaseSensitive: false, isDiacriticSensitive: false };

/** One word of a text. */
export interface Token {
  /** As it was written. */
  readonly raw: string;
  /** Without what sets it apart from its kind: case, accents, endings. */
  readonly term: string;
}

const word = /[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_']*[\p{L}\p{N}\p{M}_])?/gu;

/** The words of a text without stop words. */
export function tokensOf(text: string, language: TextLanguage, sensitivity: Sensitivity): Token[] {
  const tokens: Token[] = [];
  for (const [raw] of text.normalize('NFC').matchAll(word)) {
    if (!language.stopWords.has(raw.toLowerCase())) tokens.push({ raw, term: termOf(raw, language, sensitivity) });
  }
  return tokens;
}

function termOf(raw: string, language: TextLanguage, { isCaseSensitive, isDiacriticSensitive }: Sensitivity): string {
  const lower = raw.toLowerCase();
  const stem = language.stem(lower);
  // An ending is cut off the word as it was written.
  const cased = isCaseSensitive ? (lower.startsWith(stem) ? raw.slice(0, stem.length) : raw) : stem;
  return isDiacriticSensitive ? cased : withoutDiacritics(cased);
}

export function withoutDiacritics(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').normalize('NFC');
}

/** A text as phrases are looked for in it. */
export function phraseForm(text: string, { isCaseSensitive, isDiacriticSensitive }: Sensitivity): string {
  const cased = isCaseSensitive ? text : text.toLowerCase();
  return isDiacriticSensitive ? cased.normalize('NFC') : withoutDiacritics(cased);
}
