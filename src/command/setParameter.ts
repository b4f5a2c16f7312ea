import { toDouble } from '../bson/number.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isParameterName, type ParameterValue } from '../parameter/parameter.ts';
import { genericFieldNames } from '../session/generic-field.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';

/** setParameter: changes server parameters that may change while the server runs (manual, "setParameter"). */
export const setParameter: Command = {
  ...diagnostic,
  name: 'setParameter',
  help: 'change server parameters',
  isAdminOnly: true,
  privilege: { action: 'setParameter', resource: 'cluster' },
  run(_operation, request, services): Reply {
    const { parameters } = services;
    const changes = [...request.body.entries()].slice(1).filter(([name]) => !genericFieldNames.has(name));
    if (changes.length === 0)
      throw new MongoError('InvalidOptions', 'no option found to set, use help:true to see options ');
    const first = changes[0]?.[0] ?? '';
    const was = isParameterName(first) ? parameters.get(first) : undefined;
    for (const [name, value] of changes) parameters.set(name, plain(name, value), 'runtime');
    return { was };
  },
};

function plain(name: string, value: Value): ParameterValue {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (isNumeric(value)) return toDouble(value);
  throw new MongoError(
    'TypeMismatch',
    `Expected a number, bool or string for parameter ${name}, found ${value instanceof BsonDocument ? 'object' : typeName(value)}`,
  );
}
