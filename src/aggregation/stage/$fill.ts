import { document } from '../../bson/literal.ts';
import { any, array, object, optional, required, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseAddedFields } from '../add-fields.ts';
import type { PipelineContext, Stage, StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { mapDocuments } from '../stream.ts';
import { windowing } from './$setWindowFields.ts';

const parseFields = structure('$fill', {
  partitionBy: optional(any),
  partitionByFields: optional(array),
  sortBy: optional(object),
  output: required(object),
});

const methods: Readonly<Record<string, string>> = { linear: '$linearFill', locf: '$locf' };

/** Puts values in place of those that are null or missing: a fixed one, the last one, or one on the line between two. */
export const $fill: StageDefinition = {
  ...anywhereAndInUpdate,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'FailedToParse',
        `the $fill stage specification must be an object, found ${typeName(argument)}`,
      );
    }
    const { output, partitionBy, partitionByFields, sortBy } = parseFields(argument);
    const { byMethod, byValue } = splitOutput(output);
    const filling = fillingValues(byValue, context);
    if (byMethod.length === 0) return filling;
    const partition = partitionOf(partitionBy, partitionByFields);
    const window = windowing(partition, sortBy, byMethod, context);
    return { readsEverything: true, open: (input, scope) => filling.open(window.open(input, scope), scope) };
  },
};

type Fields = [string, Value][];

function splitOutput(output: BsonDocument): { byMethod: Fields; byValue: Fields } {
  const byMethod: Fields = [];
  const byValue: Fields = [];
  for (const [field, value] of output.entries()) {
    if (!(value instanceof BsonDocument) || value.size() !== 1) throw notOneOf();
    const fixed = value.get('value');
    const method = value.get('method');
    if (fixed !== undefined) byValue.push([field, document({ $ifNull: [`$${field}`, fixed] })]);
    else if (method !== undefined) byMethod.push([field, document({ [functionOf(method)]: `$${field}` })]);
    else throw notOneOf();
  }
  return { byMethod, byValue };
}

function functionOf(method: Value): string {
  const name = typeof method === 'string' && Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (name !== undefined) return name;
  throw new MongoError('Location6050202', "Method must be either 'locf' or 'linear'");
}

function notOneOf(): MongoError {
  return new MongoError(
    'Location6050200',
    "Each fill output specification must have exactly one of 'method' or 'value' fields",
  );
}

function fillingValues(byValue: Fields, context: PipelineContext): Stage {
  const added = parseAddedFields(BsonDocument.fromFields(new Map(byValue)), context.expressions);
  return {
    open(input, scope) {
      if (byValue.length === 0) return input;
      const own = scope.fork();
      return mapDocuments(input, own, (filled) => added.apply(own.on(filled)));
    },
  };
}

function partitionOf(partitionBy: Value | undefined, fields: readonly Value[] | undefined): Value | undefined {
  if (fields === undefined) return partitionBy;
  if (partitionBy !== undefined) {
    throw new MongoError(
      'Location6050204',
      "Maximum one of 'partitionBy' and 'partitionByFields' can be specified in $fill",
    );
  }
  return BsonDocument.fromFields(
    new Map(
      fields.map((field) => {
        if (typeof field !== 'string' || field.startsWith('$')) {
          throw new MongoError('Location6050203', "'partitionByFields' must be an array of field names without '$'");
        }
        return [field.replaceAll('.', '_'), `$${field}`] as const;
      }),
    ),
  );
}
