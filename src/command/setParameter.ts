import { isZeroNumber, toDouble } from '../bson/number.ts';
import { wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isParameterName, type ParameterValue } from '../parameter/parameter.ts';
import { parameterTable } from '../parameter/table.ts';
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
    const settings = changes.map(([name, value]) => [name, plain(name, value)] as const);
    // All of them or none.
    for (const [name, value] of settings) parameters.check(name, value, 'runtime');
    for (const [name, value] of settings) parameters.set(name, value, 'runtime');
    return { was };
  },
};

/** A value as commands give it, in the form that the parameter's type has. Throws what MongoDB throws for others. */
function plain(name: string, value: Value): ParameterValue {
  if (name === 'featureCompatibilityVersion') {
    throw new MongoError(
      'IllegalOperation',
      'set the feature compatibility version with setFeatureCompatibilityVersion',
    );
  }
  if (name === 'logComponentVerbosity') {
    if (!(value instanceof BsonDocument)) throw wrongType(value, name, 'object');
    throw new MongoError('BadValue', 'the log of this server has no components; set logLevel');
  }
  if (!isParameterName(name)) return '';
  switch (typeof parameterTable[name].default) {
    case 'boolean':
      return isNumeric(value) ? !isZeroNumber(value) : value !== false && value !== null;
    case 'number':
      if (typeof value === 'boolean') return value ? 1 : 0;
      if (isNumeric(value)) return toDouble(value);
      throw new MongoError('BadValue', `Parameter ${name} takes a number, not ${typeName(value)}`);
    default:
      if (typeof value === 'string') return value;
      throw wrongType(value, name, 'string');
  }
}
