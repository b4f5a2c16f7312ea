/**
 * Makes documents for the values of a field that are missing between those that are there:
 *
 *   step 2, documents   0 ─────── 3 ─── 6          made: 2, 4; those that are there stay, on a step or not
 */
import { compareValues } from '../../bson/compare.ts';
import { addNumbers, multiplyNumbers, toDouble } from '../../bson/number.ts';
import { encodeKey } from '../../bson/ordered-key.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { addUnits } from '../../expression/time-unit.ts';
import type { Collation } from '../../query/collation.ts';
import { type DensifyArgument, type Place, parseDensify } from '../densify-argument.ts';
import { valueInDocuments } from '../document-path.ts';
import { StageMemory } from '../memory.ts';
import { setPath } from '../set-path.ts';
import type { DocumentSource } from '../source.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';

/** Documents that one $densify may make. */
const madeMax = 500_000;

/** Adds documents where values of a field are missing. */
export const $densify: StageDefinition = {
  ...anywhere,
  inStableApi: true,
  parse(argument, context) {
    const densify = parseDensify(argument);
    return { open: (input) => densified(input, densify, context.options.collation) };
  },
};

interface Entry {
  readonly document: BsonDocument;
  /** Absent where the document has no value: it passes as it is. */
  readonly place: Place | undefined;
}

interface Reach {
  readonly lowest: Place;
  readonly highest: Place;
}

function densified(input: DocumentSource, densify: DensifyArgument, collation: Collation | undefined): DocumentSource {
  const partitions = new Map<string, Entry[]>();
  const memory = new StageMemory('$densify');
  return blocking(
    input,
    (batch, execution) => {
      for (const document of batch) {
        const values = densify.partitionFields.map((path) => valueInDocuments(document, path));
        const key = encodeKey(values, collation);
        const entry = { document, place: requirePlace(valueInDocuments(document, densify.field), densify) };
        const partition = partitions.get(key);
        if (partition === undefined) partitions.set(key, [entry]);
        else partition.push(entry);
        memory.add(documentSizeBytes(document), execution);
      }
    },
    () => outputOf(partitions, densify),
  );
}

function requirePlace(value: Value | undefined, { unit }: DensifyArgument): Place | undefined {
  if (isNullish(value)) return undefined;
  if (unit === undefined && isNumeric(value)) return value;
  if (unit !== undefined && value instanceof Date) return value;
  throw new MongoError(
    unit === undefined ? 'Location5733201' : 'Location6053600',
    `Densify field type must be ${unit === undefined ? 'numeric' : 'a date'}, found ${typeName(value)}`,
  );
}

function* outputOf(partitions: ReadonlyMap<string, Entry[]>, densify: DensifyArgument): Iterable<BsonDocument> {
  const budget = { made: 0 };
  const keys = [...partitions.keys()].sort();
  const full = densify.bounds === 'full' ? reachOf([...partitions.values()].flat()) : undefined;
  for (const key of keys) {
    const entries = partitions.get(key) as Entry[];
    entries.sort((left, right) => compareValues(left.place, right.place));
    yield* densifyPartition(entries, full, densify, budget);
  }
  yield* partitions.size === 0 ? boundsAlone(densify, budget) : [];
}

function reachOf(entries: readonly Entry[]): Reach | undefined {
  let lowest: Place | undefined;
  let highest: Place | undefined;
  for (const { place } of entries) {
    if (place === undefined) continue;
    if (lowest === undefined || compareValues(place, lowest) < 0) lowest = place;
    if (highest === undefined || compareValues(place, highest) > 0) highest = place;
  }
  return lowest === undefined || highest === undefined ? undefined : { lowest, highest };
}

/** Explicit bounds make documents even where there are none at all, unless they would belong to partitions. */
function boundsAlone(densify: DensifyArgument, budget: { made: number }): Iterable<BsonDocument> {
  return densify.partitionFields.length > 0 ? [] : densifyPartition([], undefined, densify, budget);
}

function* densifyPartition(
  entries: readonly Entry[],
  full: Reach | undefined,
  densify: DensifyArgument,
  budget: { made: number },
): Iterable<BsonDocument> {
  const steps = placesToFill(entries, full, densify);
  const make = (place: Place, sample: BsonDocument | undefined): BsonDocument => {
    if (++budget.made > madeMax) {
      throw new MongoError(
        'Location5897900',
        `Generated ${madeMax} documents in $densify, which is over the limit of ${madeMax}.`,
      );
    }
    return madeDocument(place, sample, densify);
  };
  let next = steps.next();
  for (const { document, place } of entries) {
    while (place !== undefined && next.done !== true && compareValues(next.value, place) < 0) {
      yield make(next.value, document);
      next = steps.next();
    }
    if (place !== undefined && next.done !== true && compareValues(next.value, place) === 0) next = steps.next();
    yield document;
  }
  for (; next.done !== true; next = steps.next()) yield make(next.value, entries.at(-1)?.document);
}

function* placesToFill(
  entries: readonly Entry[],
  full: Reach | undefined,
  { bounds, step, unit }: DensifyArgument,
): Generator<Place, void> {
  const explicit = typeof bounds === 'string' ? undefined : bounds;
  const reach = bounds === 'full' ? full : reachOf(entries);
  const lowest = explicit?.lower ?? reach?.lowest;
  const highest = explicit?.upper ?? reach?.highest;
  if (lowest === undefined || highest === undefined) return;
  for (let count = 0; ; count++) {
    const place: Place =
      lowest instanceof Date
        ? new Date(addUnits(lowest.getTime(), unit ?? 'millisecond', count * toDouble(step)))
        : addNumbers(lowest, multiplyNumbers(step, count));
    const order = compareValues(place, highest);
    if (order > 0 || (order === 0 && explicit !== undefined)) return;
    yield place;
  }
}

function madeDocument(place: Place, sample: BsonDocument | undefined, densify: DensifyArgument): BsonDocument {
  let made = BsonDocument.empty;
  for (const path of densify.partitionFields) {
    const value = sample === undefined ? undefined : valueInDocuments(sample, path);
    if (value !== undefined) made = setPath(made, path, value);
  }
  return setPath(made, densify.field, place);
}
