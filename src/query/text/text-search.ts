/**
 * A search: words of which one must be there, phrases that all must, and words and phrases that must not.
 *
 *   coffee "hot milk" -sugar       one of coffee, hot, milk; the phrase; no sugar
 */
import type { BsonDocument } from '../../bson/value.ts';
import { BsonDocument as Document } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { OpaqueNode } from '../filter-node.ts';
import { requireLanguage } from './language.ts';
import { scoreOf, type TextIndexOptions, textParts } from './text-source.ts';
import { insensitive, phraseForm, type Sensitivity, tokensOf } from './tokens.ts';

export interface TextOptions extends Sensitivity {
  readonly search: string;
  /** Absent: the index's own. */
  readonly language: string | undefined;
}

interface Search {
  /** Terms of the index of which a document must have one. */
  readonly terms: ReadonlySet<string>;
  readonly sensitiveTerms: ReadonlySet<string>;
  readonly negatedTerms: ReadonlySet<string>;
  readonly phrases: readonly string[];
  readonly negatedPhrases: readonly string[];
}

/** `$text`. Knows what to look at once the planner has found the text index. */
export class TextNode implements OpaqueNode {
  readonly kind = 'opaque';
  readonly specification: BsonDocument;
  readonly #options: TextOptions;
  #index: TextIndexOptions | undefined;
  #search: Search | undefined;

  constructor(specification: BsonDocument, options: TextOptions) {
    this.specification = specification;
    this.#options = options;
  }

  /** Takes the fields and the language of the collection's text index. */
  useIndex(index: TextIndexOptions): void {
    this.#index = index;
    this.#search = parseSearch(this.#options, index.defaultLanguage);
  }

  /** The terms of the index under which matching documents stand. */
  get terms(): ReadonlySet<string> {
    return this.#required().search.terms;
  }

  matches(bytes: Buffer): boolean {
    const { search, index } = this.#required();
    const parts = textParts(Document.fromBytes(bytes), index);
    const found = new Set(
      parts.flatMap(({ text, language }) => tokensOf(text, language, this.#options).map(({ term }) => term)),
    );
    if (![...search.sensitiveTerms].some((term) => found.has(term))) return false;
    if ([...search.negatedTerms].some((term) => found.has(term))) return false;
    const texts = parts.map(({ text }) => phraseForm(text, this.#options));
    const isThere = (phrase: string): boolean => texts.some((text) => text.includes(phrase));
    return search.phrases.every(isThere) && !search.negatedPhrases.some(isThere);
  }

  /** The text score of a document that matches. */
  score(document: BsonDocument): number {
    const { search, index } = this.#required();
    return textParts(document, index).reduce((sum, part) => sum + scoreOf(part, search.terms), 0);
  }

  explain(): BsonDocument {
    return Document.fromFields(new Map([['$text', this.specification]]));
  }

  #required(): { search: Search; index: TextIndexOptions } {
    if (this.#search === undefined || this.#index === undefined) {
      throw new MongoError('IndexNotFound', 'text index required for $text query');
    }
    return { search: this.#search, index: this.#index };
  }
}

/** Reads the words of a search in its language. */
function parseSearch(options: TextOptions, defaultLanguage: string): Search {
  const language = requireLanguage(
    options.language === undefined || options.language === '' ? defaultLanguage : options.language,
  );
  const terms = new Set<string>();
  const sensitiveTerms = new Set<string>();
  const negatedTerms = new Set<string>();
  const phrases: string[] = [];
  const negatedPhrases: string[] = [];
  for (const { text, isNegated, isPhrase } of piecesOf(options.search)) {
    if (isPhrase) (isNegated ? negatedPhrases : phrases).push(phraseForm(text, options));
    if (isNegated && isPhrase) continue;
    for (const { term } of tokensOf(text, language, options)) (isNegated ? negatedTerms : sensitiveTerms).add(term);
    if (!isNegated) for (const { term } of tokensOf(text, language, insensitive)) terms.add(term);
  }
  return { terms, sensitiveTerms, negatedTerms, phrases, negatedPhrases };
}

interface Piece {
  readonly text: string;
  readonly isNegated: boolean;
  readonly isPhrase: boolean;
}

/** Quoted phrases and words; a minus in front, with nothing before it, negates. */
function piecesOf(search: string): Piece[] {
  return [...search.matchAll(/(?<=^|\s)(-?)"([^"]*)"|(?<=^|\s)(-?)([^\s"]+)|"([^"]*)"/g)].map(
    ([, phraseMinus, phrase, wordMinus, word, bare]): Piece => {
      const quoted = phrase ?? bare;
      return {
        text: quoted ?? word ?? '',
        isNegated: (quoted === undefined ? wordMinus : phraseMinus) === '-',
        isPhrase: quoted !== undefined,
      };
    },
  );
}
