import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Accumulator } from '../accumulator.ts';
import { parseAccumulatorField } from '../accumulator-field.ts';
import { grouped } from '../grouping.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';

/** One document for each different value of `_id`, with what accumulators make of its documents. */
export const $group: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location15947', "a group's fields must be specified in an object");
    }
    const { id, fields } = parseArgument(argument, context);
    return { open: (input, scope) => grouped(input, scope, id, fields, context.options.collation) };
  },
};

function parseArgument(argument: BsonDocument, context: PipelineContext) {
  const fields: [string, Accumulator][] = [];
  const names = new Set<string>();
  let id: Expression | undefined;
  for (const [name, value] of argument.entries()) {
    if (name === '_id') {
      if (id !== undefined) throw new MongoError('Location15948', "a group's _id may only be specified once");
      id = parseId(value, context);
      continue;
    }
    if (names.has(name)) throw new MongoError('Location16406', `duplicate field name: ${name}`);
    names.add(name);
    const { expressions } = context;
    fields.push([
      name,
      parseAccumulatorField(name, value, { place: 'group', expressions, collation: context.options.collation }),
    ]);
  }
  if (id === undefined) throw new MongoError('Location15955', 'a group specification must include an _id');
  return { id, fields };
}

function parseId(value: Value, context: PipelineContext): Expression {
  if (value instanceof BsonDocument) {
    for (const name of value.keys()) {
      if (!name.includes('.')) continue;
      throw new MongoError(
        'Location17390',
        `$group does not support inclusion-style expressions: ${printValue(value)}`,
      );
    }
  }
  return parseExpression(value, context.expressions);
}
