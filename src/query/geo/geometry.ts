/** Shapes on the sphere, taken apart: whatever was written becomes points, lines and polygons. */
import type { Loop, Vector } from './sphere.ts';

export interface Polygon {
  readonly shell: Loop;
  readonly holes: readonly Loop[];
}

export interface Geometry {
  readonly points: readonly Vector[];
  /** Each at least two points. */
  readonly lines: readonly (readonly Vector[])[];
  readonly polygons: readonly Polygon[];
  /** Longitude and latitude, where the shape is a single point; the flat operators take it as x and y. */
  readonly flat: FlatPoint | undefined;
}

export interface FlatPoint {
  readonly x: number;
  readonly y: number;
}

/** Consecutive pairs of a line. */
export function segmentsOf(line: readonly Vector[]): [Vector, Vector][] {
  return line.slice(1).map((point, at) => [line[at] as Vector, point]);
}

/** All edges of a polygon, holes included. */
export function edgesOf({ shell, holes }: Polygon): (readonly [Vector, Vector])[] {
  return [shell, ...holes].flatMap((loop) => loop.edges());
}
