/** The `output` of $setWindowFields: which window function goes into which field. */
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseFieldPath } from './document-path.ts';
import type { PipelineContext } from './stage.ts';
import type { WindowFunction, WindowSort } from './window.ts';
import { parseWindowBounds, type WindowBounds } from './window-bounds.ts';
import { findWindowFunction } from './window-table.ts';

export interface WindowOutput {
  readonly path: readonly string[];
  readonly function: WindowFunction;
}

/** Reads one field of `output`; throws what MongoDB throws for it. */
export function parseWindowOutput(
  field: string,
  value: Value,
  sort: WindowSort | undefined,
  context: PipelineContext,
): WindowOutput {
  const path = parseFieldPath(field);
  if (!(value instanceof BsonDocument)) {
    throw failed(`The field '${field}' must be an object that specifies a window function, not ${typeName(value)}`);
  }
  const { argument, name, window } = splitField(field, value);
  const bounds = window === undefined ? undefined : parseWindowBounds(window);
  const parse = findWindowFunction(name);
  if (parse === undefined) throw failed(`Unrecognized window function, ${name}`);
  if (bounds !== undefined) checkSort(bounds, sort);
  return { path, function: parse({ name, argument, bounds, sort, context }) };
}

function splitField(field: string, value: BsonDocument): { name: string; argument: Value; window: Value | undefined } {
  let name: string | undefined;
  let window: Value | undefined;
  for (const [key, part] of value.entries()) {
    if (key === 'window') window = part;
    else if (key.startsWith('$') && name === undefined) name = key;
    else throw failed(`The field '${field}' must specify one window function and an optional 'window', found '${key}'`);
  }
  if (name === undefined) throw failed(`Expected a $-prefixed window function in the field '${field}'`);
  return { name, argument: value.get(name) as Value, window };
}

function checkSort(bounds: WindowBounds, sort: WindowSort | undefined): void {
  if (bounds.kind === 'range') {
    if (sort?.only === undefined) {
      throw new MongoError('Location5339902', 'Range-based bounds require a sortBy a single field');
    }
    if (sort.only.isDescending) {
      throw new MongoError('Location8947401', 'Range-based bounds require an ascending sortBy');
    }
    return;
  }
  const isWhole = bounds.lower === 'unbounded' && bounds.upper === 'unbounded';
  if (!isWhole && sort === undefined) {
    throw new MongoError('Location5339901', 'Document-based bounds require a sortBy');
  }
}

function failed(message: string): MongoError {
  return new MongoError('FailedToParse', message);
}
