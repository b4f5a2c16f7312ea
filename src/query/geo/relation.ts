/** What shapes on the sphere have to do with each other. */
import { edgesOf, type Geometry, type Polygon, segmentsOf } from './geometry.ts';
import { angleBetween, angleToArc, doArcsCross, doArcsMeet, isOnArc, type Loop, type Vector } from './sphere.ts';

function containsPoint({ shell, holes }: Polygon, point: Vector): boolean {
  return shell.contains(point) && !holes.some((hole) => hole.contains(point) && !hole.isOnBoundary(point));
}

function containsLine(polygon: Polygon, line: readonly Vector[]): boolean {
  if (!line.every((point) => containsPoint(polygon, point))) return false;
  const edges = edgesOf(polygon);
  return segmentsOf(line).every(([from, to]) => !edges.some(([start, end]) => doArcsCross(from, to, start, end)));
}

function containsPolygon(outer: Polygon, inner: Polygon): boolean {
  const line = [...inner.shell.vertices, inner.shell.vertices[0] as Vector];
  if (!containsLine(outer, line)) return false;
  // A hole of the outer one must not lie inside of the inner one, unless a hole there has room for it.
  const pierces = (hole: Loop): boolean =>
    hole.vertices.some((point) => inner.shell.contains(point) && !inner.shell.isOnBoundary(point)) &&
    !inner.holes.some((other) => hole.vertices.every((point) => other.contains(point)));
  return !outer.holes.some(pierces);
}

/** Whether all of `inner` lies in the polygons of `outer`, each of its parts in one of them. */
export function isWithin(inner: Geometry, outer: Geometry): boolean {
  const { polygons } = outer;
  return (
    inner.points.every((point) => polygons.some((polygon) => containsPoint(polygon, point))) &&
    inner.lines.every((line) => polygons.some((polygon) => containsLine(polygon, line))) &&
    inner.polygons.every((part) => polygons.some((polygon) => containsPolygon(polygon, part)))
  );
}

/** Whether two shapes have a point in common. */
export function doIntersect(left: Geometry, right: Geometry): boolean {
  return touches(left, right) || touches(right, left);
}

function touches(left: Geometry, right: Geometry): boolean {
  const rightEdges = [...right.lines.flatMap(segmentsOf), ...right.polygons.flatMap(edgesOf)];
  const meetsPoint = (point: Vector): boolean =>
    right.points.some((other) => angleBetween(point, other) <= 1e-11) ||
    rightEdges.some(([from, to]) => isOnArc(point, from, to)) ||
    right.polygons.some((polygon) => containsPoint(polygon, point));
  const leftEdges = [...left.lines.flatMap(segmentsOf), ...left.polygons.flatMap(edgesOf)];
  return (
    left.points.some(meetsPoint) ||
    left.lines.some((line) => line.some(meetsPoint)) ||
    left.polygons.some(({ shell }) => shell.vertices.some(meetsPoint)) ||
    leftEdges.some(([a, b]) => rightEdges.some(([c, d]) => doArcsMeet(a, b, c, d)))
  );
}

/** Angle in radians from a point to the nearest point of a shape; 0 inside of it. */
export function angleTo(point: Vector, { points, lines, polygons }: Geometry): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const other of points) nearest = Math.min(nearest, angleBetween(point, other));
  for (const line of lines) {
    for (const [from, to] of segmentsOf(line)) nearest = Math.min(nearest, angleToArc(point, from, to));
  }
  for (const polygon of polygons) {
    if (containsPoint(polygon, point)) return 0;
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
