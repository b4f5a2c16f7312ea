/** $near and $nearSphere: the nearest first. A filter with one of them gives its query an order. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { stepsFor } from '../filter-node.ts';
import { type FieldCall, type FieldOperator, testing } from '../operator.ts';
import type { MatchRun, ValueTest } from '../value-test.ts';
import type { FlatPoint } from './geometry.ts';
import {
  findShape,
  GeometryProblem,
  onSphere,
  parseFlatPoint,
  parseGeoJson,
  type StoredShape,
} from './parse-geometry.ts';
import { angleTo } from './relation.ts';
import { earthRadiusMeters, type Vector } from './sphere.ts';

/** How distances are measured: on the plane, in radians, or in metres on the sphere. */
export type DistanceUnit = 'flat' | 'radians' | 'meters';

/** Shapes within some distance of a point. */
export class NearTest implements ValueTest {
  readonly operator: string;
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly unit: DistanceUnit;
  readonly #flat: FlatPoint;
  readonly #sphere: Vector | undefined;
  readonly #least: number;
  readonly #most: number;

  constructor(operator: string, operand: Value, unit: DistanceUnit, center: FlatPoint, least: number, most: number) {
    this.operator = operator;
    this.operand = operand;
    this.unit = unit;
    this.#flat = center;
    this.#sphere = unit === 'flat' ? undefined : onSphere(center);
    this.#least = least;
    this.#most = most;
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    return this.matchingDistance(bytes, type, at, run) !== undefined;
  }

  /** How far the shape in these bytes is; undefined where it is none, or lies too near or too far. */
  matchingDistance(bytes: Buffer, type: number, at: number, run: MatchRun): number | undefined {
    if (type !== BsonType.object && type !== BsonType.array) return undefined;
    run.step(stepsFor(bytes, at));
    const shape = findShape(decodeValue(bytes, type, at));
    const distance = shape === undefined ? undefined : this.#measure(shape, run);
    return distance !== undefined && distance >= this.#least && distance <= this.#most ? distance : undefined;
  }

  #measure({ geometry, flat }: StoredShape, run: MatchRun): number | undefined {
    if (this.#sphere === undefined) {
      return flat === undefined ? undefined : Math.hypot(flat.x - this.#flat.x, flat.y - this.#flat.y);
    }
    if (geometry === undefined) return undefined;
    const angle = angleTo(this.#sphere, geometry, run);
    return this.unit === 'meters' ? angle * earthRadiusMeters : angle;
  }
}

/** The parser of `$near` (flat for legacy points) or `$nearSphere`. */
export function nearOperator(isSphere: boolean): FieldOperator {
  return (call) => {
    try {
      return testing(parseNear(call, isSphere));
    } catch (problem) {
      if (problem instanceof GeometryProblem) throw new MongoError('BadValue', problem.message);
      throw problem;
    }
  };
}

const specifiers = new Set(['$near', '$nearSphere', '$geoNear', '$maxDistance', '$minDistance']);

function parseNear({ name, operand, siblings }: FieldCall, isSphere: boolean): NearTest {
  for (const sibling of siblings.keys()) {
    if (!specifiers.has(sibling)) {
      const code = sibling.startsWith('$geo') ? 'BadValue' : 'Location34413';
      throw new MongoError(code, `invalid argument in geo near query: ${sibling}`);
    }
    if (sibling !== name && !sibling.endsWith('Distance')) {
      throw new MongoError('BadValue', `geo near accepts just one argument when querying for a GeoJSON point`);
    }
  }
  if (operand instanceof BsonDocument && operand.firstKey()?.startsWith('$') === true) {
    return parseGeoJsonNear(name, operand);
  }
  if (!(operand instanceof BsonDocument) && !Array.isArray(operand)) {
    throw new MongoError('BadValue', `near must be first in: ${printValue(siblings)}`);
  }
  const { center, most: third } = legacyPoint(operand);
  const least = legacyDistance(siblings, '$minDistance') ?? 0;
  const most = legacyDistance(siblings, '$maxDistance') ?? third;
  return new NearTest(name, siblings, isSphere ? 'radians' : 'flat', center, least, most);
}

/** A legacy point may have the largest distance as its third number. */
function legacyPoint(operand: Value): { center: FlatPoint; most: number } {
  const parts = operand instanceof BsonDocument ? [...operand.entries()].map(([, part]) => part) : operand;
  const third = Array.isArray(parts) && parts.length > 2 ? (parts[2] as Value) : undefined;
  const most = isNumeric(third) ? toDouble(third) : Number.POSITIVE_INFINITY;
  return { center: parseFlatPoint(operand, true), most };
}

function legacyDistance(siblings: BsonDocument, name: string): number | undefined {
  const value = siblings.get(name);
  if (value === undefined) return undefined;
  if (!isNumeric(value)) {
    const code = name === '$minDistance' ? 'Location16893' : 'Location16895';
    throw new MongoError(code, `${name} must be a number`);
  }
  const distance = toDouble(value);
  if (distance >= 0) return distance;
  const code = name === '$minDistance' ? 'Location16894' : 'Location16896';
  throw new MongoError(code, `${name} must be non-negative`);
}

function parseGeoJsonNear(name: string, operand: BsonDocument): NearTest {
  let center: FlatPoint | undefined;
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (const [key, value] of operand.entries()) {
    if (key === '$geometry') center = centerOf(value);
    else if (key === '$minDistance') least = distanceOf(key, value);
    else if (key === '$maxDistance') most = distanceOf(key, value);
    else throw new MongoError('BadValue', `invalid argument in geo near query: ${key}`);
  }
  if (center === undefined) throw new MongoError('BadValue', '$near requires a point, given none');
  return new NearTest(name, operand, 'meters', center, least, most);
}

function centerOf(value: Value): FlatPoint {
  if (!(value instanceof BsonDocument))
    throw new MongoError('BadValue', `$geometry must be an object: ${printValue(value)}`);
  const point = value.has('type') || value.has('coordinates') ? parseGeoJson(value).flat : parseFlatPoint(value, false);
  if (point === undefined) throw new MongoError('BadValue', `$near requires a point, given ${printValue(value)}`);
  onSphere(point);
  return point;
}

function distanceOf(name: string, value: Value): number {
  if (!isNumeric(value)) throw new MongoError('BadValue', `${name} must be a number`);
  const distance = toDouble(value);
  if (distance >= 0 && Number.isFinite(distance)) return distance;
  throw new MongoError('BadValue', `${name} must be a non-negative, finite number`);
}
