/** The regions of $geoWithin, each a test of stored shapes. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { FlatPoint } from './geometry.ts';
import { GeometryProblem, onSphere, parseFlatPoint, parseShape, type StoredShape } from './parse-geometry.ts';
import { type Counter, isInCap, isWithin } from './relation.ts';

export type Region = (shape: StoredShape, counter: Counter) => boolean;

/** The parsers of regions by the name of the specifier. Each throws GeometryProblem. */
export const regions: Readonly<Record<string, (operand: Value) => Region>> = {
  $geometry: parsePolygon,
  $box: parseBox,
  $center: parseCenter,
  $centerSphere: parseCenterSphere,
  $polygon: parseFlatPolygon,
};

function parsePolygon(operand: Value): Region {
  if (!(operand instanceof BsonDocument))
    throw new GeometryProblem(`$geometry must be an object: ${printValue(operand)}`);
  const region = parseShape(operand);
  if (region.polygons.length === 0 || region.points.length + region.lines.length > 0) {
    throw new GeometryProblem(`$geoWithin not supported with provided geometry: ${printValue(operand)}`);
  }
  return ({ geometry }, counter) => geometry !== undefined && isWithin(geometry, region, counter);
}

/** The first two elements; there must be as many, and `isExact` says whether no more. */
function pair(operand: Value, name: string, isExact = true): readonly [Value, Value] {
  const parts = operand instanceof BsonDocument ? [...operand.entries()].map(([, part]) => part) : operand;
  if (!Array.isArray(parts) || parts.length < 2 || (isExact && parts.length > 2)) {
    throw new GeometryProblem(`${name} must be an array of two elements`);
  }
  return [parts[0] as Value, parts[1] as Value];
}

function flatRegion(contains: (point: FlatPoint) => boolean): Region {
  return ({ flat }) => flat !== undefined && contains(flat);
}

function parseBox(operand: Value): Region {
  const [one, other] = pair(operand, '$box', false).map((corner) => parseFlatPoint(corner, false)) as [
    FlatPoint,
    FlatPoint,
  ];
  const low = { x: Math.min(one.x, other.x), y: Math.min(one.y, other.y) };
  const high = { x: Math.max(one.x, other.x), y: Math.max(one.y, other.y) };
  return flatRegion(({ x, y }) => x >= low.x && x <= high.x && y >= low.y && y <= high.y);
}

function parseRadius(value: Value, name: string): number {
  const radius = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (radius >= 0) return radius;
  throw new GeometryProblem(`radius of ${name} must be a non-negative number: ${printValue(value)}`);
}

function parseCenter(operand: Value): Region {
  const [where, size] = pair(operand, '$center');
  const center = parseFlatPoint(where, false);
  const radius = parseRadius(size, '$center');
  return flatRegion(({ x, y }) => Math.hypot(x - center.x, y - center.y) <= radius);
}

function parseCenterSphere(operand: Value): Region {
  const [where, size] = pair(operand, '$centerSphere');
  const center = onSphere(parseFlatPoint(where, false));
  const radius = parseRadius(size, '$centerSphere');
  return ({ geometry }) => geometry !== undefined && isInCap(geometry, center, radius);
}

function parseFlatPolygon(operand: Value): Region {
  const parts = operand instanceof BsonDocument ? [...operand.entries()].map(([, part]) => part) : operand;
  if (!Array.isArray(parts)) throw new GeometryProblem('$polygon must be an array of points');
  const corners = parts.map((corner: Value) => parseFlatPoint(corner, false));
  if (corners.length < 3) throw new GeometryProblem('Polygon must have at least 3 points');
  return ({ flat }, counter) => {
    counter.step(corners.length);
    return flat !== undefined && isInFlatPolygon(flat, corners);
  };
}

/**
 * Whether a ray to the right crosses the sides an odd number of times. Corners, horizontal and upright sides belong to
 * the polygon; of slanting sides, those that have the polygon on their left do.
 */
function isInFlatPolygon(point: FlatPoint, corners: readonly FlatPoint[]): boolean {
  const { x, y } = point;
  let crossings = 0;
  let from = corners[0] as FlatPoint;
  for (let at = 1; at <= corners.length; at++) {
    const to = corners[at % corners.length] as FlatPoint;
    if ((x === from.x && y === from.y) || (x === to.x && y === to.y)) return true;
    const isBeside = x >= Math.min(from.x, to.x) && x <= Math.max(from.x, to.x);
    if (from.y === to.y && y === from.y && isBeside) return true;
    if (y > Math.min(from.y, to.y) && y <= Math.max(from.y, to.y) && x <= Math.max(from.x, to.x)) {
      if (from.x === to.x && x === from.x) return true;
      if (from.x === to.x || x <= ((y - from.y) * (to.x - from.x)) / (to.y - from.y) + from.x) crossings++;
    }
    from = to;
  }
  return crossings % 2 === 1;
}
