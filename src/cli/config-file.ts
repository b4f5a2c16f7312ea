/** mongod's YAML configuration file: the same options by their dotted keys, written nested or with dots. */
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterValue } from '../parameter/parameter.ts';
import { type GivenOptions, type OptionName, type OptionRow, optionTable, parameterKey } from './option-table.ts';

export interface ConfigFile {
  readonly options: GivenOptions;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

const nameByKey: ReadonlyMap<string, OptionName> = new Map(
  Object.entries(optionTable).map(([name, row]) => [row.key, name as OptionName]),
);

/** Reads the text of a configuration file. Throws BadValue naming the key that is unknown or whose value is wrong. */
export async function parseConfigFile(source: string, fileName: string): Promise<ConfigFile> {
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(source);
  } catch (thrown) {
    throw new MongoError('BadValue', `${fileName} is not YAML: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  const options: GivenOptions = {};
  const parameters: Record<string, ParameterValue> = {};
  for (const [key, value] of flatten(content ?? {}, '', fileName)) {
    if (key.startsWith(`${parameterKey}.`)) {
      parameters[key.slice(parameterKey.length + 1)] = parameterValue(value, key);
      continue;
    }
    const name = nameByKey.get(key);
    if (name === undefined) throw new MongoError('BadValue', `Unrecognized option: ${key} (in ${fileName})`);
    const row: OptionRow<string | number | boolean> = optionTable[name];
    options[name] = row.kind.parse(value, key);
  }
  return { options, parameters };
}

function* flatten(value: unknown, key: string, fileName: string): IterableIterator<[string, unknown]> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) {
      yield* flatten(inner, key === '' ? name : `${key}.${name}`, fileName);
    }
    return;
  }
  if (key === '') throw new MongoError('BadValue', `${fileName} does not hold options by name`);
  yield [key, value];
}

function parameterValue(value: unknown, key: string): ParameterValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new MongoError('BadValue', `${key} is ${JSON.stringify(value)}, but has to be a text, a number or a boolean`);
}
