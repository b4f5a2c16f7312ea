import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { collationsEqual, parseCollation } from './collation.ts';

const collation = (options: Record<string, string | number | boolean>) => parseCollation(document(options));

describe('collations', () => {
  it('fills in every default', () => {
    expect(collation({ locale: 'en' }).specification.toFields()).toEqual(
      new Map<string, unknown>(
        Object.entries({
          locale: 'en',
          caseLevel: false,
          caseFirst: 'off',
          strength: 3,
          numericOrdering: false,
          alternate: 'non-ignorable',
          maxVariable: 'punct',
          normalization: false,
          backwards: false,
          version: '57.1',
        }),
      ),
    );
  });

  it('the simple collation is no collation', () => {
    expect(collationsEqual(collation({ locale: 'simple' }), undefined)).toBe(true);
    expect(collationsEqual(collation({ locale: 'en' }), undefined)).toBe(false);
    expect(collationsEqual(collation({ locale: 'en' }), collation({ locale: 'en', strength: 3 }))).toBe(true);
  });

  it.each([
    [{ locale: 'en', strength: 1 }, 'CAFÉ', 'cafe', 0],
    [{ locale: 'en', strength: 2 }, 'cafe', 'CAFE', 0],
    [{ locale: 'en', strength: 2 }, 'cafe', 'café', -1],
    [{ locale: 'en' }, 'a', 'A', -1],
    [{ locale: 'en', caseFirst: 'upper' }, 'a', 'A', 1],
    [{ locale: 'en', numericOrdering: true }, 'a10', 'a9', 1],
    [{ locale: 'en', alternate: 'shifted' }, 'a-b', 'ab', 0],
    [{ locale: 'en', alternate: 'shifted', strength: 4 }, 'a-b', 'ab', -1],
    [{ locale: 'en', alternate: 'shifted', maxVariable: 'space' }, 'a b', 'ab', 0],
    [{ locale: 'en', alternate: 'shifted', maxVariable: 'space' }, 'a-b', 'ab', -1],
    [{ locale: 'fr_CA' }, 'côte', 'coté', -1],
    [{ locale: 'fr' }, 'côte', 'coté', 1],
    [{ locale: 'de', strength: 1 }, 'straße', 'strasse', 0],
    [{ locale: 'sv' }, 'z', 'å', -1],
    [{ locale: 'cs' }, 'ch', 'h', 1],
    [{ locale: 'cs' }, 'ch', 'cz', 1],
  ])('%j orders %s and %s', (options, left, right, order) => {
    const made = collation(options as Record<string, string | number | boolean>);
    expect(Math.sign(made.compare(left, right))).toBe(order);
    expect(Math.sign(Buffer.compare(Buffer.from(made.sortKey(left)), Buffer.from(made.sortKey(right))))).toBe(order);
  });

  it('keys order as comparison does', () => {
    const randomness = seededRandomness(7);
    const letters = Array.from('aAbBcCzZäÄáàéÉeEñnNøoOßsS0129 -_.!áあア中ж');
    const word = () =>
      Array.from(
        { length: 1 + Math.floor(randomness.fraction() * 6) },
        () => letters[Math.floor(randomness.fraction() * letters.length)],
      ).join('');
    for (const options of [
      { locale: 'en' },
      { locale: 'en', strength: 1 },
      { locale: 'en', strength: 2 },
      { locale: 'en', strength: 1, caseLevel: true },
      { locale: 'en', caseFirst: 'upper' },
      { locale: 'en', numericOrdering: true },
      { locale: 'en', alternate: 'shifted' },
      { locale: 'de' },
      { locale: 'sv' },
      { locale: 'es' },
      { locale: 'fr_CA' },
    ] as Record<string, string | number | boolean>[]) {
      const made = collation(options);
      for (let round = 0; round < 2000; round++) {
        const left = word();
        const right = word();
        const keys = Math.sign(Buffer.compare(Buffer.from(made.sortKey(left)), Buffer.from(made.sortKey(right))));
        expect([left, right, options, keys]).toEqual([left, right, options, Math.sign(made.compare(left, right))]);
      }
    }
  });
});
