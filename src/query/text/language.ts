import { MongoError } from '../../error/mongo-error.ts';
import { stemEnglish } from './stem-english.ts';
import { englishStopWords } from './stop-words.ts';

/** How a language's words are brought to a common form. */
export interface TextLanguage {
  readonly name: string;
  stem(word: string): string;
  readonly stopWords: ReadonlySet<string>;
}

const noWords: ReadonlySet<string> = new Set();

const english: TextLanguage = { name: 'english', stem: stemEnglish, stopWords: englishStopWords };

/** Words as they are, for `none` and for languages whose endings are not known here. */
function plain(name: string): TextLanguage {
  return { name, stem: (word) => word, stopWords: noWords };
}

const codes: Readonly<Record<string, string>> = {
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nb: 'norwegian',
  nl: 'dutch',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};
const names = new Set(['none', ...Object.values(codes)]);

/** The language of this name or code; throws BadValue for one that text search does not know. */
export function requireLanguage(name: string): TextLanguage {
  const lower = name.toLowerCase();
  const full = codes[lower] ?? lower;
  if (!names.has(full)) throw new MongoError('BadValue', `unsupported language: "${name}" for text index version 3`);
  return full === 'english' ? english : plain(full);
}

/** The language of a document's own `language` field; undefined for one that is not known. */
export function findLanguage(name: string): TextLanguage | undefined {
  const lower = name.toLowerCase();
  return names.has(codes[lower] ?? lower) ? requireLanguage(lower) : undefined;
}
