import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { PairBudget } from './geo/pair-budget.ts';
import { GeometryProblem, parseFlatPoint, parseShape } from './geo/parse-geometry.ts';
import type { FlatRange } from './index-descriptor.ts';

const wholeEarth: FlatRange = { min: -180, max: 180 };

/**
 * Checks the places under a path, which a geospatial index must be able to take, and says whether there are any. Throws
 * 16755 for what a 2dsphere index cannot take, 13654 and 13027 for what a 2d index cannot. null is no place.
 */
export function checkPlaces(
  document: BsonDocument,
  path: string,
  kind: '2d' | '2dsphere',
  range: FlatRange = wholeEarth,
): boolean {
  const values = leavesOf(document, path.split('.')).filter((value) => !isNullish(value));
  const budget = new PairBudget();
  for (const value of values) {
    try {
      if (kind === '2dsphere') checkSphere(value, budget);
      else checkFlat(value, range);
    } catch (problem) {
      if (!(problem instanceof GeometryProblem)) throw problem;
      const code = kind === '2dsphere' ? 'Location16755' : 'Location13654';
      throw new MongoError(code, `Can't extract geo keys: ${printValue(value)} ${problem.message}`);
    }
  }
  return values.length > 0;
}

/** The values at a path, with arrays of documents on the way gone through. */
function leavesOf(value: Value | undefined, names: readonly string[]): Value[] {
  if (value === undefined) return [];
  const [name, ...rest] = names;
  if (name === undefined) return [value];
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((element) => leavesOf(element, names));
  return value instanceof BsonDocument ? leavesOf(value.get(name), rest) : [];
}

function checkSphere(value: Value, budget: PairBudget): void {
  if (value instanceof BsonDocument && isStrict(value)) {
    throw new GeometryProblem("can't index geometry with strict winding order");
  }
  parseShape(value, budget);
}

function isStrict(value: BsonDocument): boolean {
  const crs = value.get('crs');
  const properties = crs instanceof BsonDocument ? crs.get('properties') : undefined;
  return properties instanceof BsonDocument && String(properties.get('name')).includes('strictwinding');
}

/** A point, or a list of points, each within the range of the index. */
function checkFlat(value: Value, range: FlatRange): void {
  const first = Array.isArray(value) ? (value[0] as Value | undefined) : undefined;
  if (Array.isArray(value) && (first === undefined || Array.isArray(first) || first instanceof BsonDocument)) {
    for (const point of value as readonly Value[]) checkFlat(point, range);
    return;
  }
  const { x, y } = parseFlatPoint(value, true);
  if (Math.min(x, y) >= range.min && Math.max(x, y) <= range.max) return;
  throw new MongoError('Location13027', `point not in interval of [ ${range.min}, ${range.max} ]`);
}
