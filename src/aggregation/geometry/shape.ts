/** Shapes in documents: GeoJSON objects and legacy pairs of coordinates, and how far a point is from them. */
import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { angleBetween, angleToArc, isInside, type Vector, vectorAt } from './sphere.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a shape consists of; distances are to the nearest of its parts. */
export interface Shape {
  readonly points: readonly Vector[];
  readonly lines: readonly (readonly Vector[])[];
  /** Outer ring first, then the holes. */
  readonly polygons: readonly (readonly (readonly Vector[])[])[];
}

/** The first two numbers of an array or document: a legacy pair of coordinates. */
export function findPair(value: Value | undefined): Point | undefined {
  const values = Array.isArray(value)
    ? (value as readonly Value[])
    : value instanceof BsonDocument
      ? [...value.entries()].map(([, coordinate]) => coordinate)
      : [];
  const [x, y] = values;
  return isNumeric(x) && isNumeric(y) ? { x: toDouble(x), y: toDouble(y) } : undefined;
}

/** The shape that a value in a document stands for, or undefined. */
export function findShape(value: Value | undefined): Shape | undefined {
  if (!(value instanceof BsonDocument) || !value.has('type')) {
    const pair = findPair(value);
    return pair === undefined ? undefined : { ...nothing, points: [toVector(pair)] };
  }
  const coordinates = value.get('coordinates');
  switch (value.get('type')) {
    case 'Point':
      return { ...nothing, points: vectorOf(coordinates) };
    case 'MultiPoint':
      return { ...nothing, points: lineOf(coordinates) };
    case 'LineString':
      return { ...nothing, lines: [lineOf(coordinates)] };
    case 'MultiLineString':
      return { ...nothing, lines: elements(coordinates).map(lineOf) };
    case 'Polygon':
      return { ...nothing, polygons: [elements(coordinates).map(lineOf)] };
    case 'MultiPolygon':
      return { ...nothing, polygons: elements(coordinates).map((rings) => elements(rings).map(lineOf)) };
    case 'GeometryCollection':
      return together(elements(value.get('geometries')).flatMap((part) => findShape(part) ?? []));
    default:
      return undefined;
  }
}

const nothing: Shape = { points: [], lines: [], polygons: [] };

function elements(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

export function toVector({ x, y }: Point): Vector {
  return vectorAt(x, y);
}

function vectorOf(value: Value | undefined): Vector[] {
  const pair = findPair(value);
  return pair === undefined ? [] : [toVector(pair)];
}

function lineOf(value: Value | undefined): Vector[] {
  return elements(value).flatMap((position) => vectorOf(position));
}

function together(shapes: readonly Shape[]): Shape {
  return {
    points: shapes.flatMap((shape) => shape.points),
    lines: shapes.flatMap((shape) => shape.lines),
    polygons: shapes.flatMap((shape) => shape.polygons),
  };
}

/** The angle between a place and a shape; 0 inside of a polygon. */
export function angleToShape(place: Vector, { lines, points, polygons }: Shape): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const point of points) nearest = Math.min(nearest, angleBetween(place, point));
  for (const line of lines) nearest = Math.min(nearest, angleToLine(place, line));
  for (const [outer, ...holes] of polygons) {
    if (outer === undefined) continue;
    if (isInside(place, outer) && !holes.some((hole) => isInside(place, hole))) return 0;
    for (const ring of [outer, ...holes]) nearest = Math.min(nearest, angleToLine(place, ring));
  }
  return nearest;
}

function angleToLine(place: Vector, line: readonly Vector[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [index, corner] of line.entries()) {
    const next = line[index + 1];
    if (next !== undefined) nearest = Math.min(nearest, angleToArc(place, corner, next));
  }
  return nearest;
}
