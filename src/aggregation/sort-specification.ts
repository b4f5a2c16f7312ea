/** The sort of a stage: checked by the rules of the aggregation language, then read by the query language's parser. */
import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseSort, type Sort } from '../query/sort.ts';
import { parseFieldPath } from './document-path.ts';
import type { PipelineContext } from './stage.ts';
import { toWhole } from './whole-number.ts';

/** Kinds of metadata that a sort may name. */
const metadataSorts: ReadonlySet<Value> = new Set([
  'textScore',
  'randVal',
  'searchScore',
  'vectorSearchScore',
  'geoNearDistance',
  'score',
]);

/** Most fields of a sort, metadata aside. */
const fieldsMax = 32;

/** A stage's sort. Metadata that no document here carries orders nothing; random values order what is equal otherwise. */
export interface StageSort {
  readonly sort: Sort;
  readonly isRandom: boolean;
}

/** Reads the argument of $sort; throws what MongoDB throws for it. */
export function parseStageSort(argument: Value, context: PipelineContext): StageSort {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location15973', `the $sort key specification must be an object, got ${typeName(argument)}`);
  }
  if (argument.isEmpty()) throw new MongoError('Location15976', '$sort stage must have at least one sort key');
  return parseSortPattern(argument, context);
}

/** Reads a sort pattern wherever a stage takes one. */
export function parseSortPattern(pattern: BsonDocument, context: PipelineContext): StageSort {
  const fields = new Map<string, Value>();
  let isRandom = false;
  for (const [path, direction] of pattern.entries()) {
    parseFieldPath(path);
    if (direction instanceof BsonDocument) {
      isRandom ||= requireMetadata(direction) === 'randVal';
      continue;
    }
    if (fields.has(path))
      throw new MongoError('Location7472500', `$sort key must not contain duplicate keys (duplicate key: '${path}')`);
    fields.set(path, requireDirection(direction));
  }
  if (fields.size > fieldsMax) throw new MongoError('Location13103', 'too many compound keys');
  return { sort: parseSort(BsonDocument.fromFields(fields), context.options.collation), isRandom };
}

function requireMetadata(direction: BsonDocument): Value {
  if (direction.firstKey() !== '$meta') {
    throw new MongoError('Location17312', '$meta is the only expression supported by $sort right now');
  }
  if (direction.size() !== 1) {
    throw new MongoError('FailedToParse', 'Cannot have additional keys in a $meta sort specification');
  }
  const kind = direction.get('$meta') as Value;
  if (!metadataSorts.has(kind)) {
    throw new MongoError('Location31138', `Illegal $meta sort: ${printValue(direction)}`);
  }
  if (kind === 'textScore' || kind === 'geoNearDistance') {
    const shown = kind === 'textScore' ? 'text score' : '$geoNear distance';
    throw new MongoError('Location40218', `query requires ${shown} metadata, but it is not available`);
  }
  return kind;
}

/** 1 or -1: doubles are cut, decimals rounded, to a whole number. */
function requireDirection(value: Value): number {
  if (!isNumeric(value)) {
    throw new MongoError(
      'Location15974',
      "$sort key ordering must be specified using a number or {$meta: 'textScore'}",
    );
  }
  const whole = toWhole(value);
  if (whole !== 1 && whole !== -1) {
    throw new MongoError('Location15975', '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
  }
  return whole;
}
