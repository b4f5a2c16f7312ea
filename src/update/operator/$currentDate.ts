import { printDocument } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Modifier, operator } from '../modifier.ts';

const asDate: Modifier = {
  change: (_current, { run }) => run.now,
  create: ({ run }) => run.now,
  toleratesBlockedPath: () => false,
};

const asTimestamp: Modifier = {
  change: (_current, { run }) => run.timestamp,
  create: ({ run }) => run.timestamp,
  toleratesBlockedPath: () => false,
};

function parse(argument: Value): Modifier {
  if (typeof argument === 'boolean') return asDate;
  if (!(argument instanceof BsonDocument)) {
    const rule = "Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).";
    throw new MongoError('BadValue', `${typeName(argument)} is not valid type for $currentDate. ${rule}`);
  }
  let modifier: Modifier | undefined;
  for (const [name, value] of argument) {
    if (name !== '$type') throw new MongoError('BadValue', `Unrecognized $currentDate option: ${name}`);
    if (value === 'date') modifier = asDate;
    else if (value === 'timestamp') modifier = asTimestamp;
    else modifier = undefined;
  }
  if (modifier !== undefined) return modifier;
  const rule = "The '$type' string field is required to be 'date' or 'timestamp'";
  throw new MongoError(
    'BadValue',
    `${rule}: {$currentDate: {field : {$type: 'date'}}}, found ${printDocument(argument)}`,
  );
}

export const currentDate = operator('$currentDate', (argument) => parse(argument.decode()));
