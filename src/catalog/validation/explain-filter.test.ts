import { describe, expect, it } from 'vitest';
import { document } from '../../bson/literal.ts';
import { printDocument } from '../../bson/print.ts';
import { explainFailure } from './explain-filter.ts';

type Fields = Parameters<typeof document>[0];

function explain(validator: Fields, failing: Fields): string {
  return printDocument(explainFailure(document(validator), document(failing), undefined));
}

describe('why a document does not meet a filter', () => {
  it('names the operator, what it asks and what it saw', () => {
    expect(explain({ a: { $gt: 5 } }, { a: 3 })).toBe(
      '{ operatorName: "$gt", specifiedAs: { a: { $gt: 5 } }, reason: "comparison failed", consideredValue: 3 }',
    );
  });

  it('says that a field was missing', () => {
    expect(explain({ a: 1 }, { b: 1 })).toBe(
      '{ operatorName: "$eq", specifiedAs: { a: 1 }, reason: "field was missing" }',
    );
  });

  it('tells a wrong type from a wrong value', () => {
    expect(explain({ a: { $gt: 5 } }, { a: 'x' })).toContain('reason: "type did not match", consideredType: "string"');
  });

  it('names only the clauses that failed of those that all must hold', () => {
    expect(explain({ a: 1, b: { $in: [1, 2] } }, { a: 1, b: 3 })).toBe(
      '{ operatorName: "$and", clausesNotSatisfied: [ { index: 1, details: { operatorName: "$in", specifiedAs: { b: { $in: [ 1, 2 ] } }, reason: "no matching value found in array", consideredValue: 3 } } ] }',
    );
  });

  it('names every clause of those of which one must hold', () => {
    expect(explain({ $or: [{ a: 1 }, { b: 1 }] }, { a: 2, b: 2 })).toMatch(
      /^\{ operatorName: "\$or", clausesNotSatisfied: \[ \{ index: 0, .*\{ index: 1, /,
    );
  });

  it('turns reasons around below $nor and $not', () => {
    expect(explain({ $nor: [{ a: 1 }, { b: 1 }] }, { a: 1, b: 2 })).toBe(
      '{ operatorName: "$nor", clausesSatisfied: [ { index: 0, details: { operatorName: "$eq", specifiedAs: { a: 1 }, reason: "comparison succeeded", consideredValue: 1 } } ] }',
    );
    expect(explain({ a: { $not: { $lt: 5 } } }, { a: 3 })).toContain('reason: "comparison succeeded"');
  });

  it('lists all values that a path leads to', () => {
    expect(explain({ 'a.b': 9 }, { a: [{ b: 1 }, { b: 2 }] })).toContain('consideredValues: [ 1, 2 ]');
  });
});

describe('why a document does not meet a schema', () => {
  const schema = {
    $jsonSchema: {
      bsonType: 'object',
      required: ['name', 'year'],
      additionalProperties: false,
      properties: {
        _id: {},
        name: { bsonType: 'string', description: 'must be a string' },
        year: { bsonType: 'int', minimum: 2017 },
        tags: { bsonType: 'array', items: { bsonType: 'string' }, uniqueItems: true },
      },
    },
  };

  it('names the properties that are missing', () => {
    expect(explain(schema, { _id: 1, name: 'x' })).toBe(
      '{ operatorName: "$jsonSchema", schemaRulesNotSatisfied: [ { operatorName: "required", specifiedAs: { required: [ "name", "year" ] }, missingProperties: [ "year" ] } ] }',
    );
  });

  it('names each property that is not as it should be, with its description', () => {
    expect(explain(schema, { _id: 1, name: 5, year: 2018 })).toBe(
      '{ operatorName: "$jsonSchema", schemaRulesNotSatisfied: [ { operatorName: "properties", propertiesNotSatisfied: [ { propertyName: "name", description: "must be a string", details: [ { operatorName: "bsonType", specifiedAs: { bsonType: "string" }, reason: "type did not match", consideredValue: 5, consideredType: "int" } ] } ] } ] }',
    );
  });

  it('names properties that should not be there', () => {
    expect(explain(schema, { _id: 1, name: 'x', year: 2018, extra: 1 })).toBe(
      '{ operatorName: "$jsonSchema", schemaRulesNotSatisfied: [ { operatorName: "additionalProperties", specifiedAs: { additionalProperties: false }, additionalProperties: [ "extra" ] } ] }',
    );
  });

  it('finds the item of an array that is not as it should be', () => {
    expect(explain(schema, { _id: 1, name: 'x', year: 2018, tags: ['a', 1] })).toContain(
      'operatorName: "items", reason: "At least one item did not match the sub-schema", itemIndex: 1',
    );
    expect(explain(schema, { _id: 1, name: 'x', year: 2018, tags: ['a', 'a'] })).toContain('duplicatedValue: "a"');
  });

  it('names the branches of anyOf, and those of oneOf that matched together', () => {
    const either = { $jsonSchema: { properties: { a: { oneOf: [{ bsonType: 'int' }, { minimum: 0 }] } } } };
    expect(explain(either, { a: 5 })).toContain(
      'reason: "more than one subschema matched", matchingSchemaIndexes: [ 0, 1 ]',
    );
    const any = { $jsonSchema: { properties: { a: { anyOf: [{ bsonType: 'int' }, { bsonType: 'bool' }] } } } };
    expect(explain(any, { a: 'x' })).toMatch(/schemasNotSatisfied: \[ \{ index: 0, .*\{ index: 1, /);
  });
});
