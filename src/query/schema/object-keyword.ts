/** Keywords about documents. */
import {
  type EncodedName,
  encodeName,
  findField,
  readInt32,
  readName,
  skipValue,
  valueOffset,
} from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { compilePattern, type Pattern, PatternProblem } from '../../pcre/pattern.ts';
import { stepsFor } from '../filter-node.ts';
import type { MatchRun } from '../value-test.ts';
import { countOperand, documentOperand, namesOperand, schemasOperand } from './operand.ts';
import { type Keyword, mustBe, type SchemaRule } from './rule.ts';

function documentRule(holds: (bytes: Buffer, at: number, run: MatchRun) => boolean): SchemaRule {
  return { holds: (bytes, type, at, run) => type !== BsonType.object || holds(bytes, at, run) };
}

/** Calls `visit` for each field until it answers false; whether it never did. */
function everyField(
  bytes: Buffer,
  document: number,
  visit: (element: number, type: number, at: number) => boolean,
): boolean {
  const end = document + readInt32(bytes, document) - 1;
  for (let element = document + 4; element < end; ) {
    const type = bytes[element] as number;
    const at = valueOffset(bytes, element);
    if (!visit(element, type, at)) return false;
    element = skipValue(bytes, type, at);
  }
  return true;
}

function sizeOf(bytes: Buffer, document: number): number {
  let size = 0;
  everyField(bytes, document, () => ++size > 0);
  return size;
}

export const maxProperties: Keyword = (call) => {
  const limit = countOperand(call);
  return documentRule((bytes, at) => sizeOf(bytes, at) <= limit);
};

export const minProperties: Keyword = (call) => {
  const limit = countOperand(call);
  return documentRule((bytes, at) => sizeOf(bytes, at) >= limit);
};

export const required: Keyword = ({ name, operand }) => hasAll(namesOperand(name, operand).map(encodeName));

function hasAll(names: readonly EncodedName[]): SchemaRule {
  return documentRule((bytes, at, run) =>
    names.every((name) => {
      run.step(stepsFor(bytes, at));
      return findField(bytes, at, name) >= 0;
    }),
  );
}

export const properties: Keyword = (call) => {
  const rules = schemasOperand(call).map(([name, schema]) => ({ name: encodeName(name), rule: call.parse(schema) }));
  return documentRule((bytes, document, run) =>
    rules.every(({ name, rule }) => {
      run.step(stepsFor(bytes, document));
      const element = findField(bytes, document, name);
      return element < 0 || rule.holds(bytes, bytes[element] as number, element + name.length + 2, run);
    }),
  );
};

function namePattern(pattern: string): Pattern {
  try {
    return compilePattern(pattern, '');
  } catch (problem) {
    if (!(problem instanceof PatternProblem)) throw problem;
    throw new MongoError(
      'BadValue',
      `Invalid regular expression in $jsonSchema keyword 'patternProperties': ${pattern}`,
    );
  }
}

export const patternProperties: Keyword = (call) => {
  const rules = schemasOperand(call).map(([name, schema]) => ({
    pattern: namePattern(name),
    rule: call.parse(schema),
  }));
  return documentRule((bytes, document, run) =>
    everyField(bytes, document, (element, type, at) => {
      const name = readName(bytes, element);
      run.step(rules.length);
      return rules.every(({ pattern, rule }) => !pattern.test(name) || rule.holds(bytes, type, at, run));
    }),
  );
};

/** What fields that neither `properties` nor `patternProperties` name may be. */
export const additionalProperties: Keyword = ({ name, operand, schema, parse }) => {
  if (typeof operand !== 'boolean' && !(operand instanceof BsonDocument))
    throw mustBe(name, 'either an object or a boolean');
  if (operand === true) return undefined;
  const rule = operand instanceof BsonDocument ? parse(operand) : undefined;
  const listed = schema.get('properties');
  const names = new Set(listed instanceof BsonDocument ? listed.keys() : []);
  const patternsBeside = schema.get('patternProperties');
  const patterns = patternsBeside instanceof BsonDocument ? [...patternsBeside.keys()].map(namePattern) : [];
  return documentRule((bytes, document, run) =>
    everyField(bytes, document, (element, type, at) => {
      run.step(1 + patterns.length);
      const field = readName(bytes, element);
      if (names.has(field) || patterns.some((pattern) => pattern.test(field))) return true;
      return rule?.holds(bytes, type, at, run) ?? false;
    }),
  );
};

/** What must be there, or hold, where a field is there. */
export const dependencies: Keyword = (call) => {
  const rules = [...documentOperand(call).entries()].map(([name, demand]) => ({
    name: encodeName(name),
    rule: dependencyRule(demand, call),
  }));
  return documentRule((bytes, at, run) =>
    rules.every(({ name, rule }) => {
      run.step(stepsFor(bytes, at));
      return findField(bytes, at, name) < 0 || rule.holds(bytes, BsonType.object, at, run);
    }),
  );
};

function dependencyRule(demand: Value, { name, parse }: Parameters<Keyword>[0]): SchemaRule {
  if (demand instanceof BsonDocument) return parse(demand);
  if (Array.isArray(demand)) return hasAll(namesOperand(name, demand).map(encodeName));
  throw mustBe(name, 'an object of objects or arrays');
}
