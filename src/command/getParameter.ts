import { lenientBool, oneOf, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isParameterName, listOf } from '../parameter/parameter.ts';
import type { ParameterName } from '../parameter/table.ts';
import { genericFieldNames } from '../session/generic-field.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { describeFeatureCompatibility } from './read/feature-compatibility.ts';
import type { Services } from './services.ts';

const parseDetails = structure('getParameter', {
  showDetails: optional(lenientBool),
  allParameters: optional(lenientBool),
  setAt: optional(oneOf('startup', 'runtime')),
});

/** getParameter: values of server parameters by name, or of all with `'*'` (manual, "getParameter"). */
export const getParameter: Command = {
  ...diagnostic,
  name: 'getParameter',
  help: 'values of server parameters',
  isAdminOnly: true,
  privilege: { action: 'getParameter', resource: 'cluster' },
  run(_operation, request, services) {
    const wanted = request.body.get('getParameter');
    const details = parseDetails(wanted instanceof BsonDocument ? wanted : BsonDocument.empty);
    const names =
      wanted === '*' || details.allParameters === true
        ? [...services.parameters.names(), 'featureCompatibilityVersion']
        : [...request.body.keys()].slice(1).filter((name) => !genericFieldNames.has(name));
    const found = new Map<string, Value>();
    for (const name of names) {
      if (name === 'featureCompatibilityVersion')
        found.set(name, describeFeatureCompatibility(services.featureCompatibility.version));
      if (!isParameterName(name)) continue;
      if (details.setAt !== undefined && !isSetAt(services, name, details.setAt)) continue;
      found.set(name, details.showDetails === true ? detailed(services, name) : shown(services, name));
    }
    if (found.size === 0) throw new MongoError('InvalidOptions', 'no option found to get');
    return BsonDocument.fromFields(found);
  },
};

function isSetAt(services: Services, name: ParameterName, moment: 'startup' | 'runtime'): boolean {
  return services.parameters.row(name).setAt.includes(moment);
}

function shown({ parameters }: Services, name: ParameterName): Value {
  const value = parameters.get(name);
  return parameters.row(name).elements === undefined ? value : listOf(String(value));
}

function detailed(services: Services, name: ParameterName): BsonDocument {
  const { setAt } = services.parameters.row(name);
  return BsonDocument.fromFields(
    new Map<string, Value>([
      ['value', shown(services, name)],
      ['settableAtRuntime', setAt.includes('runtime')],
      ['settableAtStartup', setAt.includes('startup')],
    ]),
  );
}
