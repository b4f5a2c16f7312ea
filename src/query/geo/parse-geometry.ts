/** GeoJSON and legacy points, from values. Problems are text; the caller says what becomes of them. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { FlatPoint, Geometry, Polygon } from './geometry.ts';
import { PairBudget, someEdges, somePoints } from './pair-budget.ts';
import { doArcsCross, isSamePoint, Loop, type Vector, vectorOf } from './sphere.ts';

/** Why something is no shape. */
export class GeometryProblem {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function fail(message: string): never {
  throw new GeometryProblem(message);
}

const nothing: Geometry = { points: [], lines: [], polygons: [], flat: undefined };

/** Names of coordinate systems: the usual one, and the one in which a polygon's inside is what lies left of its edges. */
const plainSystems = ['EPSG:4326', 'urn:ogc:def:crs:OGC:1.3:CRS84'];
const strictSystem = 'urn:x-mongodb:crs:strictwinding:EPSG:4326';

/** Two numbers: the elements of an array, or the first fields of a document. More elements only where `allowsMore`. */
export function parseFlatPoint(value: Value | undefined, allowsMore: boolean): FlatPoint {
  const parts = value instanceof BsonDocument ? [...value.entries()].map(([, part]) => part) : value;
  if (!Array.isArray(parts)) return fail(`Point must be an array or object, instead got ${printValue(value)}`);
  const [x, y] = parts as readonly Value[];
  if (!isNumeric(x) || !isNumeric(y)) return fail(`Point must only contain numeric elements: ${printValue(value)}`);
  if (parts.length > 2 && !allowsMore) return fail(`Point must only contain two elements: ${printValue(value)}`);
  return finite({ x: toDouble(x), y: toDouble(y) });
}

function finite(point: FlatPoint): FlatPoint {
  if (Number.isFinite(point.x) && Number.isFinite(point.y)) return point;
  return fail('Point coordinates must be finite numbers');
}

/** A point's longitude and latitude as a vector. */
export function onSphere({ x, y }: FlatPoint): Vector {
  if (Math.abs(x) > 180 || Math.abs(y) > 90) return fail(`longitude/latitude is out of bounds, lng: ${x} lat: ${y}`);
  return vectorOf(x, y);
}

function position(value: Value | undefined): Vector {
  return onSphere(parseFlatPoint(value, true));
}

function list(value: Value | undefined, what: string): readonly Value[] {
  return Array.isArray(value) ? value : fail(`${what} must be an array: ${printValue(value)}`);
}

function line(value: Value): Vector[] {
  const points = list(value, 'GeoJSON LineString coordinates').map(position);
  const distinct = points.filter((point, at) => at === 0 || !isSamePoint(point, points[at - 1] as Vector));
  return distinct.length < 2 ? fail('GeoJSON LineString must have at least 2 vertices') : distinct;
}

function loop(value: Value, isStrict: boolean, budget: PairBudget): Loop {
  const points = list(value, 'Polygon coordinates').map(position);
  if (points.length < 4 || !isSamePoint(points[0] as Vector, points.at(-1) as Vector)) {
    return fail('Loop is not closed, or has fewer than 4 vertices');
  }
  const vertices = points.slice(1).filter((point, at) => !isSamePoint(point, points[at] as Vector));
  if (vertices.length < 3) return fail('Loop must have at least 3 different vertices');
  if (somePoints(vertices, budget, isSamePoint)) return fail('Duplicate vertices');
  const made = isStrict ? new Loop(vertices) : Loop.smaller(vertices);
  const crosses = someEdges(made.edges(), budget, ([a, b], [c, d]) => doArcsCross(a, b, c, d));
  return crosses ? fail('Edges cross') : made;
}

function polygon(value: Value, isStrict: boolean, budget: PairBudget): Polygon {
  const [shell, ...holes] = list(value, 'Polygon coordinates').map((ring) => loop(ring, isStrict, budget));
  if (shell === undefined) return fail('Polygon has no loops');
  if (isStrict && holes.length > 0) return fail('Only one loop is allowed in a polygon with strict winding');
  const made = { shell, holes };
  for (const hole of holes) {
    budget.spend(hole.vertices.length * shell.vertices.length);
    const isInside = hole.vertices.every((vertex) => shell.contains(vertex) && !shell.isOnBoundary(vertex));
    const crosses = hole.edges().some(([a, b]) => shell.edges().some(([c, d]) => doArcsCross(a, b, c, d)));
    if (!isInside || crosses) return fail('Secondary loops must lie inside of the first exterior loop');
  }
  return made;
}

/** The parser of each type's coordinates. */
const shapes: Readonly<Record<string, (coordinates: Value, isStrict: boolean, budget: PairBudget) => Geometry>> = {
  Point: (coordinates) => {
    const flat = parseFlatPoint(coordinates, true);
    return { ...nothing, points: [onSphere(flat)], flat };
  },
  LineString: (coordinates) => ({ ...nothing, lines: [line(coordinates)] }),
  Polygon: (coordinates, isStrict, budget) => ({ ...nothing, polygons: [polygon(coordinates, isStrict, budget)] }),
  MultiPoint: (coordinates) => ({ ...nothing, points: some(coordinates).map(position) }),
  MultiLineString: (coordinates) => ({ ...nothing, lines: some(coordinates).map(line) }),
  MultiPolygon: (coordinates, _, budget) => ({
    ...nothing,
    polygons: some(coordinates).map((one) => polygon(one, false, budget)),
  }),
};

function some(value: Value): readonly Value[] {
  const values = list(value, 'coordinates');
  return values.length === 0 ? fail('coordinates must not be empty') : values;
}

/** A GeoJSON object. Throws GeometryProblem; BadValue where the budget does not suffice. */
export function parseGeoJson(value: BsonDocument, budget: PairBudget = new PairBudget()): Geometry {
  const type = value.get('type');
  if (typeof type !== 'string') return fail(`geometry type must be a string: ${printValue(value)}`);
  const isStrict = parseSystem(value.get('crs'), type);
  if (type === 'GeometryCollection') return collection(value.get('geometries'), budget);
  const parse = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  const coordinates = value.get('coordinates');
  if (parse === undefined) return fail(`unknown GeoJSON type: ${printValue(value)}`);
  if (!(coordinates instanceof BsonDocument) && !Array.isArray(coordinates)) {
    return fail(`coordinates must be an array: ${printValue(coordinates)}`);
  }
  return parse(coordinates, isStrict, budget);
}

/** Whether the coordinate system takes the winding of a polygon literally. */
function parseSystem(crs: Value | undefined, type: string): boolean {
  if (crs === undefined) return false;
  const properties = crs instanceof BsonDocument ? crs.get('properties') : undefined;
  const name = properties instanceof BsonDocument ? properties.get('name') : undefined;
  if (!(crs instanceof BsonDocument) || crs.get('type') !== 'name' || typeof name !== 'string') {
    return fail(`GeoJSON CRS must be an object of type "name" with a name: ${printValue(crs)}`);
  }
  if (plainSystems.includes(name)) return false;
  if (name !== strictSystem) return fail(`Unknown CRS name: ${name}`);
  return type === 'Polygon' ? true : fail(`Strict winding order is only supported by Polygon`);
}

function collection(value: Value | undefined, budget: PairBudget): Geometry {
  const geometries = list(value, 'GeometryCollection geometries').map((member) => {
    if (!(member instanceof BsonDocument)) return fail('GeometryCollection geometries must be objects');
    if (member.get('type') === 'GeometryCollection') return fail('GeometryCollections cannot be nested');
    return parseGeoJson(member, budget);
  });
  if (geometries.length === 0) return fail('GeometryCollection geometries must have at least 1 element');
  return {
    points: geometries.flatMap(({ points }) => points),
    lines: geometries.flatMap(({ lines }) => lines),
    polygons: geometries.flatMap(({ polygons }) => polygons),
    flat: undefined,
  };
}

/** A shape in either form: GeoJSON, or a legacy point. Throws GeometryProblem; BadValue where the budget does not suffice. */
export function parseShape(value: Value | undefined, budget?: PairBudget): Geometry {
  if (value instanceof BsonDocument && (value.has('type') || value.has('coordinates'))) {
    return parseGeoJson(value, budget);
  }
  const flat = parseFlatPoint(value, false);
  return { ...nothing, points: [onSphere(flat)], flat };
}

/** As `parseFlatPoint` with more elements allowed; undefined for what is no point. */
export function findFlatPoint(value: Value | undefined): FlatPoint | undefined {
  try {
    return parseFlatPoint(value, true);
  } catch (problem) {
    if (problem instanceof GeometryProblem) return undefined;
    throw problem;
  }
}

/** What a document holds: a shape on the sphere where its coordinates can be there, and a flat point where it is one. */
export interface StoredShape {
  readonly geometry: Geometry | undefined;
  readonly flat: FlatPoint | undefined;
  readonly isGeoJson: boolean;
}

/** The shape in a stored value; undefined where it is none. */
export function findShape(value: Value): StoredShape | undefined {
  const isGeoJson = value instanceof BsonDocument && value.has('type');
  try {
    if (isGeoJson) {
      const geometry = parseGeoJson(value);
      return { geometry, flat: geometry.flat, isGeoJson };
    }
    const flat = parseFlatPoint(value, true);
    const isOnEarth = Math.abs(flat.x) <= 180 && Math.abs(flat.y) <= 90;
    const geometry = isOnEarth ? { ...nothing, points: [onSphere(flat)], flat } : undefined;
    return { geometry, flat, isGeoJson };
  } catch (problem) {
    if (problem instanceof GeometryProblem) return undefined;
    throw problem;
  }
}
