/**
 * Documents by their distance from a point, nearest first. A geospatial index says which field holds the places and
 * how they lie; the distances themselves are calculated document by document.
 *
 *   near: GeoJSON                      on the sphere, in metres
 *   near: legacy pair, spherical       on the sphere, in radians
 *   near: legacy pair                  on the plane, in the units of the pair
 */
import { printValue } from '../../bson/print.ts';
import { double } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Scope } from '../../expression/expression.ts';
import type { FlatPoint } from '../../query/geo/geometry.ts';
import { findFlatPoint, findShape, onSphere } from '../../query/geo/parse-geometry.ts';
import { angleTo } from '../../query/geo/relation.ts';
import { earthRadiusMeters } from '../../query/geo/sphere.ts';
import type { GeoIndex, Namespace } from '../collection.ts';
import { type GeoNearArgument, parseGeoNear, requireDistance } from '../geo-near-argument.ts';
import { findLeaves } from '../local-values.ts';
import { StageMemory } from '../memory.ts';
import { setMetadata } from '../metadata.ts';
import { setPath } from '../set-path.ts';
import type { Execution } from '../source.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { drain, generated } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';
import { requireNamespace } from './$collStats.ts';

/** Documents by their distance from a point. */
export const $geoNear: StageDefinition = {
  ...atStart,
  inTransaction: true,
  firstError: (name) => new MongoError('Location40603', `${name} was not the first stage in the pipeline.`),
  parse(argument, context) {
    const geoNear = parseGeoNear(argument, context);
    const namespace = requireNamespace(context);
    return {
      isSelfSourced: true,
      metadata: new Set(['geoNearDistance', 'geoNearPoint']),
      open: (_, scope) =>
        generated(async function* (current) {
          yield await nearest(geoNear, namespace, scope, current());
        }),
    };
  },
};

/** How far a value in a document is, in the units of the stage; undefined where it is no place. */
type Measure = (value: Value) => number | undefined;

interface Found {
  readonly document: BsonDocument;
  readonly location: Value;
  readonly distance: number;
}

async function nearest(
  geoNear: GeoNearArgument,
  namespace: Namespace,
  scope: Scope,
  execution: Execution,
): Promise<BsonDocument[]> {
  const index = await requireIndex(geoNear, namespace, execution);
  const path = index.path.split('.');
  const near = geoNear.near.evaluate(scope.fork(BsonDocument.empty));
  const measure = measureFrom(near, geoNear.isSpherical, scope);
  const least =
    geoNear.minDistance === undefined ? 0 : requireDistance(geoNear.minDistance.evaluate(scope), 'minDistance');
  const most =
    geoNear.maxDistance === undefined
      ? Number.POSITIVE_INFINITY
      : requireDistance(geoNear.maxDistance.evaluate(scope), 'maxDistance');
  const found: Found[] = [];
  const memory = new StageMemory('$geoNear');
  const source = await execution.reader.open(namespace, { filter: geoNear.filter, scope });
  await drain(source, execution, (batch) => {
    for (const document of batch) {
      const place = findNearest(document, path, measure);
      if (place === undefined || place.distance < least || place.distance > most) continue;
      found.push({ document, ...place });
      memory.add(documentSizeBytes(document), execution);
    }
  });
  found.sort((left, right) => left.distance - right.distance);
  return found.map((place) => shown(place, geoNear));
}

function findNearest(
  document: BsonDocument,
  path: readonly string[],
  measure: Measure,
): { location: Value; distance: number } | undefined {
  let nearest: { location: Value; distance: number } | undefined;
  for (const location of locationsOf(document, path)) {
    const distance = measure(location);
    if (distance !== undefined && (nearest === undefined || distance < nearest.distance))
      nearest = { location, distance };
  }
  return nearest;
}

/** The places at a path: a legacy pair is an array, and no list of places. */
function locationsOf(document: BsonDocument, path: readonly string[]): readonly Value[] {
  const leaves = findLeaves(document, path) ?? [];
  const pair = findFlatPoint(leaves);
  return pair === undefined ? leaves : [leaves];
}

function shown(
  { distance, document, location }: Found,
  { distancePath, locationPath, multiplier }: GeoNearArgument,
): BsonDocument {
  const scaled = double(distance * multiplier);
  let made = document;
  if (distancePath !== undefined) made = setPath(made, distancePath, scaled);
  if (locationPath !== undefined) made = setPath(made, locationPath, location);
  setMetadata(
    made,
    new Map<string, Value>([
      ['geoNearDistance', scaled],
      ['geoNearPoint', location],
    ]),
  );
  return made;
}

function measureFrom(near: Value | undefined, isSpherical: boolean, scope: Scope): Measure {
  const geoJson =
    near instanceof BsonDocument && near.has('coordinates') ? findFlatPoint(near.get('coordinates')) : undefined;
  const point = geoJson ?? findFlatPoint(near);
  if (point === undefined) {
    throw new MongoError(
      'Location5860401',
      `$geoNear near argument must be a GeoJSON Point or legacy coordinates, found ${printValue(near)}`,
    );
  }
  if (geoJson !== undefined) return onGlobe(checkedOnSphere(geoJson), earthRadiusMeters, scope);
  if (!isSpherical) return onPairs((pair) => Math.sqrt((pair.x - point.x) ** 2 + (pair.y - point.y) ** 2));
  return onGlobe(checkedOnSphere(point), 1, scope);
}

function checkedOnSphere(point: FlatPoint): FlatPoint {
  if (Math.abs(point.x) <= 180 && Math.abs(point.y) <= 90) return point;
  throw new MongoError(
    'BadValue',
    `invalid point in geo near query: longitude/latitude is out of bounds, lng: ${point.x} lat: ${point.y}`,
  );
}

function onGlobe(point: FlatPoint, radius: number, scope: Scope): Measure {
  const place = onSphere(point);
  return (value) => {
    const geometry = findShape(value)?.geometry;
    return geometry === undefined ? undefined : angleTo(place, geometry, scope) * radius;
  };
}

function onPairs(distanceOf: (pair: FlatPoint) => number): Measure {
  return (value) => {
    const pair = findFlatPoint(value);
    return pair === undefined ? undefined : distanceOf(pair);
  };
}

async function requireIndex({ key }: GeoNearArgument, namespace: Namespace, execution: Execution): Promise<GeoIndex> {
  const indexes = await execution.reader.findGeoIndexes(namespace);
  if (key === undefined) return requireOnly(indexes);
  const index = indexes.find(({ path }) => path === key);
  if (index !== undefined) return index;
  throw new MongoError(
    'NoQueryExecutionPlans',
    `error processing query: unable to find index for $geoNear query on '${key}'`,
  );
}

/** The only index of a kind; those on the plane come first. */
function requireOnly(indexes: readonly GeoIndex[]): GeoIndex {
  for (const kind of ['2d', '2dsphere'] as const) {
    const [only, ...others] = indexes.filter((index) => index.kind === kind);
    if (others.length > 0) {
      throw new MongoError('IndexNotFound', `There is more than one ${kind} index; unsure which to use for $geoNear`);
    }
    if (only !== undefined) return only;
  }
  throw new MongoError('IndexNotFound', '$geoNear requires a 2d or 2dsphere index, but none were found');
}
