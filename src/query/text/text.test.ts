import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../../bson/literal.ts';
import { encodeDocument } from '../../bson/write.ts';
import { parseFilter } from '../filter.ts';
import { stemEnglish } from './stem-english.ts';
import type { TextIndexOptions } from './text-source.ts';

type Shape = { readonly [name: string]: Literal };

const index: TextIndexOptions = {
  weights: new Map([['body', 1]]),
  defaultLanguage: 'english',
  languageOverride: 'language',
};

function search(condition: Shape, body: Literal): boolean {
  const filter = parseFilter(document({ $text: condition }));
  filter.text?.useIndex(index);
  return filter.matches(encodeDocument(document({ body })));
}

describe('text search', () => {
  it.each([
    ['running', 'run'],
    ['blueberries', 'blueberri'],
    ['blueberry', 'blueberri'],
    ['happily', 'happili'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['relational', 'relat'],
    ['generously', 'generous'],
    ['caresses', 'caress'],
    ['skies', 'sky'],
  ])('the stem of %s is %s', (word, stem) => expect(stemEnglish(word)).toBe(stem));

  it.each<[string, Shape, Literal, boolean]>([
    ['one of the words', { $search: 'coffee tea' }, 'tea is hot', true],
    ['other forms of a word', { $search: 'running' }, 'I run', true],
    ['words that say nothing', { $search: 'the' }, 'the fox', false],
    ['all of the phrases', { $search: '"brown fox" "red dog"' }, 'a brown fox and a red dog', true],
    ['a missing phrase', { $search: '"brown fox"' }, 'a fox, brown', false],
    ['a word that must not be there', { $search: 'fox -brown' }, 'the brown fox', false],
    ['negations alone', { $search: '-fox' }, 'a dog', false],
    ['case, where it counts', { $search: 'Coffee', $caseSensitive: true }, 'coffee', false],
    ['accents do not count', { $search: 'cafe' }, 'Café', true],
    ['accents, where they count', { $search: 'cafe', $diacriticSensitive: true }, 'café', false],
    ['strings in arrays', { $search: 'hello' }, [1, 'hello'], true],
    ['what is no string', { $search: 'hello' }, { nested: 'hello' }, false],
  ])('%s', (_, condition, body, expected) => expect(search(condition, body)).toBe(expected));

  it('scores what is written more often higher', () => {
    const filter = parseFilter(document({ $text: { $search: 'coffee' } }));
    filter.text?.useIndex(index);
    expect(filter.text?.score(document({ body: 'coffee' }))).toBeCloseTo(1);
    expect(filter.text?.score(document({ body: 'coffee with milk' }))).toBeCloseTo(0.75);
  });
});
