/** The texts of a document that a text index is about. */
import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { findLanguage, requireLanguage, type TextLanguage } from './language.ts';
import { insensitive, type Token, tokensOf } from './tokens.ts';

/** What a text index says about texts. */
export interface TextIndexOptions {
  /** Weight of each path; `$**` stands for all strings. */
  readonly weights: ReadonlyMap<string, number>;
  readonly defaultLanguage: string;
  /** Name of the field by which a document says its language. */
  readonly languageOverride: string;
}

/** Reads what a text index's specification, as it is stored, says about texts. */
export function textIndexOptions(specification: BsonDocument): TextIndexOptions {
  const weights = specification.get('weights');
  const language = specification.get('default_language');
  const override = specification.get('language_override');
  const pairs = weights instanceof BsonDocument ? [...weights.entries()] : [];
  return {
    weights: new Map(pairs.map(([path, weight]) => [path, isNumeric(weight) ? toDouble(weight) : 1])),
    defaultLanguage: typeof language === 'string' ? language : 'english',
    languageOverride: typeof override === 'string' ? override : 'language',
  };
}

/** One string of a document. */
export interface TextPart {
  readonly text: string;
  readonly weight: number;
  readonly language: TextLanguage;
}

const everyString = '$**';

/** The strings of a document in the fields of the index, each with the language of the document around it. */
export function textParts(document: BsonDocument, options: TextIndexOptions): TextPart[] {
  const parts: TextPart[] = [];
  collect(document, '', requireLanguage(options.defaultLanguage), options, parts);
  return parts;
}

function collect(
  document: BsonDocument,
  prefix: string,
  outer: TextLanguage,
  options: TextIndexOptions,
  parts: TextPart[],
): void {
  const own = document.get(options.languageOverride);
  const language = (typeof own === 'string' ? findLanguage(own) : undefined) ?? outer;
  for (const [name, value] of document.entries()) {
    collectValue(value, prefix === '' ? name : `${prefix}.${name}`, language, options, parts);
  }
}

function collectValue(
  value: Value,
  path: string,
  language: TextLanguage,
  options: TextIndexOptions,
  parts: TextPart[],
): void {
  if (typeof value === 'string') {
    const weight = options.weights.get(path) ?? options.weights.get(everyString);
    if (weight !== undefined) parts.push({ text: value, weight, language });
  } else if (Array.isArray(value)) {
    for (const element of value as readonly Value[]) collectValue(element, path, language, options, parts);
  } else if (value instanceof BsonDocument && leadsOn(path, options)) {
    collect(value, path, language, options, parts);
  }
}

function leadsOn(path: string, { weights }: TextIndexOptions): boolean {
  return weights.has(everyString) || [...weights.keys()].some((other) => other.startsWith(`${path}.`));
}

/** The terms under which a document stands in the index. */
export function termsOf(document: BsonDocument, options: TextIndexOptions): Set<string> {
  const terms = new Set<string>();
  for (const { text, language } of textParts(document, options)) {
    for (const { term } of tokensOf(text, language, insensitive)) terms.add(term);
  }
  return terms;
}

/** How well a text speaks of some terms: often, among few other words, as they were written. */
export function scoreOf({ text, weight, language }: TextPart, terms: ReadonlySet<string>): number {
  const tokens = tokensOf(text, language, insensitive);
  const found = new Map<string, Token[]>();
  for (const token of tokens) {
    if (terms.has(token.term)) found.set(token.term, [...(found.get(token.term) ?? []), token]);
  }
  let score = 0;
  for (const [term, all] of found) {
    // Each further occurrence counts half of the one before.
    const frequency = 2 - 2 ** (1 - all.length);
    const density = (0.5 * all.length) / tokens.length + 0.5;
    const isAsWritten = text.length === term.length && text.toLowerCase() === term;
    score += weight * frequency * density * (isAsWritten ? 1.1 : 1);
  }
  return score;
}
