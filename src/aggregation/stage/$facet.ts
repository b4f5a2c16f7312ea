import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { checkFieldName } from '../../expression/field-path.ts';
import { StageMemory } from '../memory.ts';
import { arraySource } from '../source.ts';
import type { Pipeline, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { generated, readAll } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';

/** One document with the results of several pipelines over the same documents. */
export const $facet: StageDefinition = {
  ...anywhere,
  inFacet: false,
  requires: (argument) =>
    argument instanceof BsonDocument ? [...argument.entries()].map(([, stages]) => ({ kind: 'nested', stages })) : [],
  parse(argument, context) {
    if (!(argument instanceof BsonDocument) || argument.isEmpty()) {
      throw new MongoError('Location40169', 'the $facet specification must be a non-empty object');
    }
    const facets: [string, Pipeline][] = [];
    for (const [name, value] of argument.entries()) {
      checkFieldName(name);
      facets.push([name, context.parseInner(requireStages(name, value), { place: 'facet' })]);
    }
    return {
      open: (input, scope) =>
        generated(async function* (current) {
          const documents = await readAll(input, current());
          const memory = new StageMemory('$facet');
          for (const document of documents) memory.add(documentSizeBytes(document), current());
          const fields = new Map<string, Value>();
          for (const [name, pipeline] of facets) {
            fields.set(name, await readAll(pipeline.open(arraySource(documents), scope.fork()), current()));
          }
          yield [BsonDocument.fromFields(fields)];
        }),
    };
  },
};

function requireStages(name: string, value: Value): readonly Value[] {
  if (!Array.isArray(value)) {
    throw new MongoError('Location40170', `arguments to $facet must be arrays, ${name} is not`);
  }
  for (const element of value) {
    if (element instanceof BsonDocument) continue;
    throw new MongoError('Location40171', `elements of arrays in $facet spec must be non-empty objects, in ${name}`);
  }
  return value;
}
