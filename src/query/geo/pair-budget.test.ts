import { describe, expect, it } from 'vitest';
import { document } from '../../bson/literal.ts';
import { GeometryProblem, parseShape } from './parse-geometry.ts';

function polygon(ring: readonly (readonly number[])[]) {
  return parseShape(document({ type: 'Polygon', coordinates: [[...ring, ring[0] as readonly number[]]] }));
}

function circle(count: number): number[][] {
  return Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count;
    return [10 * Math.cos(angle), 10 * Math.sin(angle)];
  });
}

/** A line that goes to and fro from south to north, and back outside; no two of its edges lie apart from west to east. */
function zigzag(count: number): number[][] {
  const line = Array.from({ length: count }, (_, at) => [at % 2 === 0 ? -50 : 50, (at - count / 2) / count]);
  return [...line, [60, 1], [60, -1], [-50, -1]];
}

describe('the pairs that a polygon is checked by', () => {
  it('are few where its edges lie apart, however many there are', () => {
    expect(polygon(circle(50_000)).polygons).toHaveLength(1);
  });

  it('are bounded where all edges lie side by side', () => {
    expect(polygon(zigzag(1000)).polygons).toHaveLength(1);
    expect(() => polygon(zigzag(10_000))).toThrow('geometry is too complex');
  });

  it('find the one vertex that is there twice, and the one edge that crosses another', () => {
    const twice = circle(5000);
    twice[1000] = twice[4000] as number[];
    expect(() => polygon(twice)).toThrow(GeometryProblem);
    const crossing = circle(5000);
    crossing[1000] = [0, -11];
    expect(() => polygon(crossing)).toThrow(GeometryProblem);
  });
});
