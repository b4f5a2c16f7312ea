/** What shapes on the sphere have to do with each other. */
import { edgesOf, type Geometry, type Polygon, segmentsOf } from './geometry.ts';
import { angleBetween, angleToArc, doArcsCross, doArcsMeet, isOnArc, type Loop, type Vector } from './sphere.ts';

/** Where work is counted. */
export interface Counter {
  step(count: number): void;
}

function containsPoint({ shell, holes }: Polygon, point: Vector, counter: Counter): boolean {
  counter.step(shell.vertices.length);
  return shell.contains(point) && !holes.some((hole) => isInside(hole, point, counter));
}

function containsLine(polygon: Polygon, line: readonly Vector[], counter: Counter): boolean {
  if (!line.every((point) => containsPoint(polygon, point, counter))) return false;
  const edges = edgesOf(polygon);
  return segmentsOf(line).every(([from, to]) => {
    counter.step(edges.length);
    return !edges.some(([start, end]) => doArcsCross(from, to, start, end));
  });
}

function containsPolygon(outer: Polygon, inner: Polygon, counter: Counter): boolean {
  const line = [...inner.shell.vertices, inner.shell.vertices[0] as Vector];
  if (!containsLine(outer, line, counter)) return false;
  // A hole of the outer one must not lie inside of the inner one, unless a hole there has room for it.
  const pierces = (hole: Loop): boolean =>
    hole.vertices.some((point) => isInside(inner.shell, point, counter)) &&
    !inner.holes.some((other) =>
      hole.vertices.every((point) => {
        counter.step(other.vertices.length);
        return other.contains(point);
      }),
    );
  return !outer.holes.some(pierces);
}

function isInside(loop: Loop, point: Vector, counter: Counter): boolean {
  counter.step(loop.vertices.length);
  return loop.contains(point) && !loop.isOnBoundary(point);
}

/** Whether all of `inner` lies in the polygons of `outer`, each of its parts in one of them. */
export function isWithin(inner: Geometry, outer: Geometry, counter: Counter): boolean {
  const { polygons } = outer;
  return (
    inner.points.every((point) => polygons.some((polygon) => containsPoint(polygon, point, counter))) &&
    inner.lines.every((line) => polygons.some((polygon) => containsLine(polygon, line, counter))) &&
    inner.polygons.every((part) => polygons.some((polygon) => containsPolygon(polygon, part, counter)))
  );
}

/** Whether two shapes have a point in common. */
export function doIntersect(left: Geometry, right: Geometry, counter: Counter): boolean {
  return touches(left, right, counter) || touches(right, left, counter);
}

function touches(left: Geometry, right: Geometry, counter: Counter): boolean {
  const rightEdges = [...right.lines.flatMap(segmentsOf), ...right.polygons.flatMap(edgesOf)];
  const meetsPoint = (point: Vector): boolean => {
    counter.step(right.points.length + rightEdges.length);
    return (
      right.points.some((other) => angleBetween(point, other) <= 1e-11) ||
      rightEdges.some(([from, to]) => isOnArc(point, from, to)) ||
      right.polygons.some((polygon) => containsPoint(polygon, point, counter))
    );
  };
  const leftEdges = [...left.lines.flatMap(segmentsOf), ...left.polygons.flatMap(edgesOf)];
  return (
    left.points.some(meetsPoint) ||
    left.lines.some((line) => line.some(meetsPoint)) ||
    left.polygons.some(({ shell }) => shell.vertices.some(meetsPoint)) ||
    leftEdges.some(([a, b]) => {
      counter.step(rightEdges.length);
      return rightEdges.some(([c, d]) => doArcsMeet(a, b, c, d));
    })
  );
}

/** Angle in radians from a point to the nearest point of a shape; 0 inside of it. */
export function angleTo(point: Vector, { points, lines, polygons }: Geometry, counter: Counter): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const other of points) nearest = Math.min(nearest, angleBetween(point, other));
  for (const line of lines) {
    for (const [from, to] of segmentsOf(line)) nearest = Math.min(nearest, angleToArc(point, from, to));
  }
  for (const polygon of polygons) {
    if (containsPoint(polygon, point, counter)) return 0;
    for (const [from, to] of edgesOf(polygon)) nearest = Math.min(nearest, angleToArc(point, from, to));
  }
  return nearest;
}

/** Whether all of a shape lies within an angle of a point. */
export function isInCap(shape: Geometry, center: Vector, radius: number): boolean {
  const isNear = (point: Vector): boolean => angleBetween(center, point) <= radius + 1e-14;
  return (
    shape.points.every(isNear) &&
    shape.lines.every((line) => line.every(isNear)) &&
    shape.polygons.every(({ shell }) => shell.vertices.every(isNear))
  );
}
