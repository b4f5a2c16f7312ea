/** `updateDescription` of an event, from the delta that was kept (manual, "update Event"). */
import { document } from '../bson/literal.ts';
import { integer } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';

type Path = readonly (string | number)[];

interface Description {
  readonly updatedFields: Map<string, Value>;
  readonly removedFields: string[];
  readonly truncatedArrays: BsonDocument[];
  readonly disambiguatedPaths: Map<string, Value>;
}

/** Describes a delta; `isExpanded` adds how ambiguous paths are to be read. */
export function updateDescription(delta: BsonDocument, isExpanded: boolean): BsonDocument {
  const description: Description = {
    updatedFields: new Map(),
    removedFields: [],
    truncatedArrays: [],
    disambiguatedPaths: new Map(),
  };
  describe(delta, [], description);
  const { updatedFields, removedFields, truncatedArrays, disambiguatedPaths } = description;
  return document({
    updatedFields: BsonDocument.fromFields(updatedFields),
    removedFields,
    truncatedArrays,
    disambiguatedPaths: isExpanded ? BsonDocument.fromFields(disambiguatedPaths) : undefined,
  });
}

function describe(delta: BsonDocument, path: Path, description: Description): void {
  const isArray = delta.firstKey() === 'a' && delta.get('a') === true;
  for (const [key, value] of delta.entries()) {
    if (isArray) describeArrayPart(key, value, path, description);
    else describeDocumentPart(key, value, path, description);
  }
}

function describeDocumentPart(key: string, value: Value, path: Path, description: Description): void {
  if (!(value instanceof BsonDocument)) return;
  if (key === 'd') for (const name of value.keys()) description.removedFields.push(named([...path, name], description));
  else if (key === 'u' || key === 'i') {
    for (const [name, field] of value.entries()) {
      description.updatedFields.set(named([...path, name], description), field);
    }
  } else describe(value, [...path, key.slice(1)], description);
}

function describeArrayPart(key: string, value: Value, path: Path, description: Description): void {
  if (key === 'a') return;
  if (key === 'l') {
    description.truncatedArrays.push(document({ field: named(path, description), newSize: value }));
    return;
  }
  const inside = [...path, Number(key.slice(1))];
  if (key.startsWith('u')) description.updatedFields.set(named(inside, description), value);
  else if (value instanceof BsonDocument) describe(value, inside, description);
}

/** The dotted path; one that could be read otherwise is noted in its parts. */
function named(path: Path, description: Description): string {
  const dotted = path.join('.');
  if (path.some((part) => typeof part === 'string' && isAmbiguous(part))) {
    description.disambiguatedPaths.set(
      dotted,
      path.map((part) => (typeof part === 'number' ? integer(part) : part)),
    );
  }
  return dotted;
}

function isAmbiguous(name: string): boolean {
  return name.includes('.') || /^(?:0|[1-9]\d*)$/.test(name);
}
