import { toDouble } from '../bson/number.ts';
import { object, wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import type { CodeName } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Expression } from '../expression/expression.ts';
import { Dependencies, parseExpression } from '../expression/parse.ts';
import type { Filter } from '../query/filter.ts';
import { parseFieldPath } from './document-path.ts';
import { parseStageFilter } from './filter-specification.ts';
import type { PipelineContext } from './stage.ts';

export interface GeoNearArgument {
  readonly near: Expression;
  readonly distancePath: readonly string[] | undefined;
  readonly locationPath: readonly string[] | undefined;
  /** Path of the indexed field; absent: the only one that there is. */
  readonly key: string | undefined;
  readonly isSpherical: boolean;
  readonly minDistance: Expression | undefined;
  readonly maxDistance: Expression | undefined;
  readonly multiplier: number;
  readonly filter: Filter;
}

/** Options of earlier versions. */
const removed: Readonly<Record<string, CodeName>> = {
  limit: 'Location50858',
  num: 'Location50857',
  start: 'Location50856',
};

/** Names in a path to write to, and in the key; beyond them a document would be too deep. */
const deepestOutput = 199;
const deepestKey = 180;

/** Reads the argument of $geoNear; throws what MongoDB throws for it. */
export function parseGeoNear(argument: Value, context: PipelineContext): GeoNearArgument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'TypeMismatch',
      `The $geoNear stage specification must be an object, found ${typeName(argument)}`,
    );
  }
  for (const name of argument.keys()) {
    const code = removed[name];
    if (code !== undefined) throw new MongoError(code, `$geoNear no longer supports the '${name}' parameter.`);
  }
  const near = argument.get('near');
  if (near === undefined) throw new MongoError('Location5860400', '$geoNear requires a near argument');
  return {
    near: parseConstant(near, 'Location5860402', 'near', context),
    distancePath: outputPath(argument.get('distanceField'), 'distanceField', 'Location16606'),
    locationPath: outputPath(argument.get('includeLocs'), 'includeLocs', 'Location16607'),
    key: requireKey(argument.get('key')),
    isSpherical: isTrue(argument.get('spherical')),
    minDistance: parseDistance(argument.get('minDistance'), 'Location7555701', 'minDistance', context),
    maxDistance: parseDistance(argument.get('maxDistance'), 'Location7555702', 'maxDistance', context),
    multiplier: requireMultiplier(argument.get('distanceMultiplier')),
    filter: parseQuery(argument.get('query'), context),
  };
}

/** An expression that no document must give anything to. */
function parseConstant(value: Value, code: CodeName, name: string, { expressions }: PipelineContext): Expression {
  const dependencies = new Dependencies();
  const expression = parseExpression(value, expressions.collecting(dependencies));
  for (const variable of dependencies.variables) expressions.dependencies.variables.add(variable);
  if (dependencies.paths.size === 0 && !dependencies.needsWholeDocument) return expression;
  throw new MongoError(code, `$geoNear requires a constant ${name} argument`);
}

function parseDistance(
  value: Value | undefined,
  code: CodeName,
  name: string,
  context: PipelineContext,
): Expression | undefined {
  return value === undefined ? undefined : parseConstant(value, code, name, context);
}

/** A distance as a number from 0 up. */
export function requireDistance(value: Value | undefined, name: string): number {
  if (!isNumeric(value)) throw new MongoError('TypeMismatch', `${name} must be a number`);
  const distance = toDouble(value);
  if (distance >= 0) return distance;
  throw new MongoError('BadValue', `${name} must be non-negative`);
}

function outputPath(value: Value | undefined, name: string, code: CodeName): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') {
    throw new MongoError(
      code,
      `$geoNear parameter '${name}' must be of type string but found type: ${typeName(value)}`,
    );
  }
  const names = parseFieldPath(value);
  if (names.length > deepestOutput) {
    throw new MongoError('Location5984700', `$geoNear parameter '${name}' is a path that is too deep`);
  }
  return names;
}

function requireKey(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrongType(value, '$geoNear.key', 'string');
  if (value === '') throw new MongoError('BadValue', "$geoNear parameter 'key' cannot be the empty string");
  if (parseFieldPath(value).length > deepestKey) {
    throw new MongoError('Location5729100', "$geoNear parameter 'key' is a path that is too deep");
  }
  return value;
}

function isTrue(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !isNumeric(value) || toDouble(value) !== 0;
}

function requireMultiplier(value: Value | undefined): number {
  if (value === undefined) return 1;
  if (!isNumeric(value)) throw new MongoError('TypeMismatch', 'distanceMultiplier must be a number');
  const multiplier = toDouble(value);
  if (multiplier >= 0) return multiplier;
  throw new MongoError('BadValue', 'distanceMultiplier must be nonnegative');
}

const nearOperators: ReadonlySet<string> = new Set(['$near', '$nearSphere', '$geoNear']);

function parseQuery(value: Value | undefined, context: PipelineContext): Filter {
  const query = value === undefined ? BsonDocument.empty : object(value, '$geoNear.query');
  const operators = namesIn(query);
  if (operators.some((name) => nearOperators.has(name))) {
    throw new MongoError('Location5626500', '$geoNear, $near, and $nearSphere are not allowed in this context');
  }
  if (operators.includes('$text') || operators.includes('$where')) {
    throw new MongoError('BadValue', '$geoNear does not take $text or $where in its query');
  }
  return parseStageFilter(query, context);
}

/** All names in a query, those inside of documents and arrays included. */
function namesIn(value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!(value instanceof BsonDocument)) return [];
  return [...value.entries()].flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
