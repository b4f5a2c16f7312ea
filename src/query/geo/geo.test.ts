import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../../bson/literal.ts';
import { encodeDocument } from '../../bson/write.ts';
import { parseFilter } from '../filter.ts';

type Shape = { readonly [name: string]: Literal };

const point = (...coordinates: number[]): Shape => ({ type: 'Point', coordinates });
const square = (size: number): Shape => ({
  type: 'Polygon',
  coordinates: [
    [
      [-size, -size],
      [size, -size],
      [size, size],
      [-size, size],
      [-size, -size],
    ],
  ],
});
const matches = (condition: Shape, place: Literal): boolean =>
  parseFilter(document({ at: condition })).matches(encodeDocument(document({ at: place })));

describe('places', () => {
  it.each<[string, Shape, Literal, boolean]>([
    ['inside of a polygon', { $geoWithin: { $geometry: square(10) } }, point(5, 5), true],
    ['outside of a polygon', { $geoWithin: { $geometry: square(10) } }, point(11, 5), false],
    [
      'a line must be inside as a whole',
      { $geoWithin: { $geometry: square(10) } },
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [20, 0],
        ],
      },
      false,
    ],
    ['a smaller polygon is inside', { $geoWithin: { $geometry: square(10) } }, square(5), true],
    [
      'edges are great circles',
      {
        $geoWithin: {
          $geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [-60, 50],
                [60, 50],
                [60, 80],
                [-60, 80],
                [-60, 50],
              ],
            ],
          },
        },
      },
      point(0, 55),
      false,
    ],
    [
      'across the date line',
      {
        $geoWithin: {
          $geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [178, -2],
                [-178, -2],
                [-178, 2],
                [178, 2],
                [178, -2],
              ],
            ],
          },
        },
      },
      point(-179, 0),
      true,
    ],
    [
      'in a box',
      {
        $geoWithin: {
          $box: [
            [0, 0],
            [10, 10],
          ],
        },
      },
      [10, 5],
      true,
    ],
    ['in a circle', { $geoWithin: { $center: [[0, 0], 5] } }, [3, 4], true],
    ['in a cap', { $geoWithin: { $centerSphere: [[0, 90], 0.1] } }, point(120, 85), true],
    [
      'a line that crosses',
      {
        $geoIntersects: {
          $geometry: {
            type: 'LineString',
            coordinates: [
              [-20, 0],
              [20, 0],
            ],
          },
        },
      },
      square(5),
      true,
    ],
    ['a point on a corner', { $geoIntersects: { $geometry: point(5, 5) } }, square(5), true],
    ['within a distance in metres', { $near: { $geometry: point(0, 0), $maxDistance: 120_000 } }, point(1, 0), true],
    ['beyond a distance in metres', { $near: { $geometry: point(0, 0), $maxDistance: 100_000 } }, point(1, 0), false],
    ['what is no place', { $geoWithin: { $geometry: square(10) } }, 'here', false],
  ])('%s', (_, condition, place, expected) => expect(matches(condition, place)).toBe(expected));

  it('$near orders by distance', () => {
    const near = parseFilter(document({ at: { $near: { $geometry: point(0, 0) } } })).near;
    const keys = [3, 1, 2].map((longitude) => near?.keyOf(document({ at: point(longitude, 0) })) ?? '');
    expect([...keys].sort()).toEqual([keys[1], keys[2], keys[0]]);
  });

  it.each<[string, Shape]>([
    [
      'polygons that are not closed',
      {
        $geoWithin: {
          $geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [1, 0],
                [1, 1],
              ],
            ],
          },
        },
      },
    ],
    [
      'polygons that cross themselves',
      {
        $geoWithin: {
          $geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [2, 2],
                [2, 0],
                [0, 2],
                [0, 0],
              ],
            ],
          },
        },
      },
    ],
    ['longitudes beyond 180', { $geoIntersects: { $geometry: point(181, 0) } }],
    ['boxes of one corner', { $geoWithin: { $box: [[0, 0]] } }],
  ])('refuses %s', (_, condition) => expect(() => matches(condition, point(0, 0))).toThrow());
});
