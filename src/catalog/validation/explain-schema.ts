/** Which rules of a `$jsonSchema` a document does not meet, and why; see `explain-filter.ts`. */

import { valuesEqual } from '../../bson/compare.ts';
import { document, type Literal } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { parseFilter } from '../../query/filter.ts';

type Details = { readonly [field: string]: Literal };

/** Keywords that only say how others are meant. */
const companions: Readonly<Record<string, string>> = {
  exclusiveMinimum: 'minimum',
  exclusiveMaximum: 'maximum',
  additionalItems: 'items',
};

const remarks: ReadonlySet<string> = new Set(['title', 'description', 'encrypt', 'encryptMetadata']);

/** `schemaRulesNotSatisfied` of a whole document. */
export function explainSchema(schema: BsonDocument, subject: BsonDocument): BsonDocument[] {
  return explainRules(schema, subject);
}

function explainRules(schema: BsonDocument, value: Value): BsonDocument[] {
  const found: BsonDocument[] = [];
  for (const [keyword, operand] of schema.entries()) {
    if (remarks.has(keyword) || Object.hasOwn(companions, keyword)) continue;
    const rule = ruleOf(keyword, operand, schema);
    if (!isMet(rule, value)) found.push(document(explainRule(keyword, operand, rule, value)));
  }
  return found;
}

/** A keyword by itself, with what belongs to it. */
function ruleOf(keyword: string, operand: Value, schema: BsonDocument): BsonDocument {
  const fields = new Map<string, Value>([[keyword, operand]]);
  const beside = keyword === 'additionalProperties' ? ['properties', 'patternProperties'] : [];
  const belonging = Object.entries(companions).flatMap(([name, to]) => (to === keyword ? [name] : []));
  for (const name of [...beside, ...belonging]) {
    const value = schema.get(name);
    if (value !== undefined) fields.set(name, name === 'properties' ? withoutRules(value) : value);
  }
  return BsonDocument.fromFields(fields);
}

/** The same properties, with nothing asked of them. */
function withoutRules(properties: Value): Value {
  if (!(properties instanceof BsonDocument)) return properties;
  return BsonDocument.fromFields(new Map([...properties.keys()].map((name) => [name, BsonDocument.empty])));
}

/** Whether a value meets a schema; the value is looked at as the field of a document. */
function isMet(schema: BsonDocument, value: Value): boolean {
  const filter = document({ $jsonSchema: { properties: { value: schema } } });
  return parseFilter(filter).matchesDocument(document({ value }));
}

const comparisonReason = 'comparison failed';

/** Reasons of the keywords that look at one value. */
const reasons: Readonly<Record<string, string>> = {
  bsonType: 'type did not match',
  type: 'type did not match',
  enum: 'value was not found in enum',
  minimum: comparisonReason,
  maximum: comparisonReason,
  multipleOf: 'considered value is not a multiple of the specified value',
  minLength: 'specified string length was not satisfied',
  maxLength: 'specified string length was not satisfied',
  pattern: 'regular expression did not match',
  minItems: 'array did not match specified length',
  maxItems: 'array did not match specified length',
};

function explainRule(operatorName: string, operand: Value, rule: BsonDocument, value: Value): Details {
  switch (operatorName) {
    case 'properties':
      return { operatorName, propertiesNotSatisfied: explainProperties(operand, value) };
    case 'required':
      return { operatorName, specifiedAs: rule, missingProperties: missingProperties(operand, value) };
    case 'additionalProperties':
      return {
        operatorName,
        specifiedAs: { additionalProperties: operand },
        additionalProperties: additionalNames(rule, value),
      };
    case 'items':
      return explainItems(operand, value);
    case 'uniqueItems':
      return {
        operatorName,
        specifiedAs: rule,
        reason: 'found a duplicate item',
        consideredValue: value,
        duplicatedValue: findDuplicate(value),
      };
    case 'minProperties':
    case 'maxProperties':
      return {
        operatorName,
        specifiedAs: rule,
        reason: 'specified number of properties was not satisfied',
        numberOfProperties: value instanceof BsonDocument ? value.size() : 0,
      };
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return explainLogic(operatorName, operand, value);
    case 'not':
      return { operatorName, reason: 'child expression matched' };
    default: {
      const isType = operatorName === 'bsonType' || operatorName === 'type';
      return {
        operatorName,
        specifiedAs: rule,
        reason: reasons[operatorName] ?? 'rule was not satisfied',
        consideredValue: value,
        consideredType: isType ? typeName(value) : undefined,
      };
    }
  }
}

function explainProperties(properties: Value, value: Value): BsonDocument[] {
  if (!(properties instanceof BsonDocument) || !(value instanceof BsonDocument)) return [];
  const found: BsonDocument[] = [];
  for (const [propertyName, schema] of properties.entries()) {
    const property = value.get(propertyName);
    if (property === undefined || !(schema instanceof BsonDocument)) continue;
    const details = explainRules(schema, property);
    if (details.length === 0) continue;
    const [title, description] = [schema.get('title'), schema.get('description')];
    found.push(document({ propertyName, title, description, details }));
  }
  return found;
}

function missingProperties(required: Value, value: Value): Value[] {
  if (!Array.isArray(required) || !(value instanceof BsonDocument)) return [];
  return required.filter((name: Value) => typeof name === 'string' && !value.has(name));
}

function additionalNames(rule: BsonDocument, value: Value): string[] {
  if (!(value instanceof BsonDocument)) return [];
  const known = rule.get('properties');
  const patterns = rule.get('patternProperties');
  return [...value.entries()].flatMap(([name, property]) => {
    if (known instanceof BsonDocument && known.has(name)) return [];
    const alone = document({ value: BsonDocument.fromFields(new Map([[name, property]])) });
    const fields = new Map<string, Value>([['additionalProperties', rule.get('additionalProperties') ?? false]]);
    if (patterns !== undefined) fields.set('patternProperties', patterns);
    const filter = document({ $jsonSchema: { properties: { value: BsonDocument.fromFields(fields) } } });
    return parseFilter(filter).matchesDocument(alone) ? [] : [name];
  });
}

function explainItems(schema: Value, value: Value): Details {
  const items: readonly Value[] = Array.isArray(value) ? value : [];
  const schemaAt = (index: number): Value | undefined => (Array.isArray(schema) ? schema[index] : schema);
  for (const [itemIndex, item] of items.entries()) {
    const itemSchema = schemaAt(itemIndex);
    if (!(itemSchema instanceof BsonDocument)) continue;
    const details = explainRules(itemSchema, item);
    if (details.length === 0) continue;
    return { operatorName: 'items', reason: 'At least one item did not match the sub-schema', itemIndex, details };
  }
  return { operatorName: 'items', reason: 'found additional items', consideredValue: value };
}

function findDuplicate(value: Value): Value | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.find((item: Value, at) => value.slice(0, at).some((other: Value) => valuesEqual(other, item)));
}

function explainLogic(operatorName: string, schemas: Value, value: Value): Details {
  const branches = Array.isArray(schemas) ? schemas : [];
  const unmet: Details[] = [];
  const met: number[] = [];
  branches.forEach((schema: Value, index) => {
    if (!(schema instanceof BsonDocument)) return;
    const details = explainRules(schema, value);
    if (details.length === 0) met.push(index);
    else unmet.push({ index, details });
  });
  if (operatorName === 'oneOf' && met.length > 1) {
    return { operatorName, reason: 'more than one subschema matched', matchingSchemaIndexes: met };
  }
  return { operatorName, schemasNotSatisfied: unmet };
}
