/**
 * The expectations of a step: what the reply must be. Every form and modifier of the format has its place here, and
 * an expectation with a key that is not known is refused: to overlook one would be to pass what was not checked.
 */
import { type ExpectationJson, isObject, type Json, type JsonObject } from './case-file.ts';
import { type CaseScope, parsePath, parseValue } from './case-value.ts';
import { findBrokenCheck } from './check.ts';
import { isEqual, isEqualIgnoringOrderIn, isEqualInAnyOrder } from './equality.ts';
import { resolveDottedPath, resolvePath } from './path.ts';
import type { Reply } from './reply.ts';
import { type BsonDocument, type BsonValue, describe, field } from './value.ts';

/** What is wrong with the reply, or undefined when the expectation holds. */
type Form = (content: Json, subject: Subject) => string | undefined;

/** What a form looks at. */
interface Subject {
  readonly expectation: ExpectationJson;
  readonly reply: Reply;
  readonly scope: CaseScope;
}

const forms: Readonly<Record<string, Form>> = {
  ok: (_, { reply }) => refuseFailure(reply),
  any: () => undefined,
  error: (_, { reply }) =>
    reply.succeeded ? `a failure was expected, but the command succeeded: ${reply.describe()}` : undefined,
  errorCode: findWrongError,
  firstBatch: (content, subject) =>
    refuseFailure(subject.reply) ??
    compare(content, resolvePath(subject.reply.body, ['cursor', 'firstBatch']), subject),
  result: (content, subject) =>
    refuseFailure(subject.reply) ?? orMissing(subject, (actual) => compare(content, actual, subject)),
  partial: (content, subject) =>
    refuseFailure(subject.reply) ??
    orMissing(subject, (actual) => findPartialDifference(parseValue(content, subject.scope), actual, '')),
  checks: (content, subject) =>
    refuseFailure(subject.reply) ?? orMissing(subject, (actual) => findBrokenChecks(content, actual, subject.scope)),
  eachDoc: (content, subject) => refuseFailure(subject.reply) ?? checkEachDocument(content, subject),
  perDoc: (content, subject) => refuseFailure(subject.reply) ?? checkPerDocument(content, subject),
  missing: (_, subject) => refuseFailure(subject.reply) ?? refusePresence(subject),
};

const modifiers = new Set(['at', 'orMissing', 'anyOrder', 'ignoreOrderIn', 'nanAnyType', 'pluck', 'errmsg']);

/** Returns what the reply fails to be, or undefined. Throws for a form, modifier or check that the format lacks. */
export function findDisappointment(expectation: ExpectationJson, reply: Reply, scope: CaseScope): string | undefined {
  const [name, ...others] = Object.keys(expectation).filter((key) => !modifiers.has(key));
  const form = forms[name ?? ''];
  if (name === undefined || form === undefined || others.length > 0) {
    throw new Error(`unknown expectation ${JSON.stringify(Object.keys(expectation))}`);
  }
  return form(expectation[name] ?? null, { expectation, reply, scope });
}

function refuseFailure(reply: Reply): string | undefined {
  return reply.succeeded ? undefined : `the command failed: ${reply.describe()}`;
}

function findWrongError(code: Json, { expectation, reply, scope }: Subject): string | undefined {
  if (reply.errorCode === undefined) return `error ${code} was expected, not ${reply.describe()}`;
  if (Number(reply.errorCode) !== code) return `error ${code} was expected, not ${reply.describe()}`;
  const { errmsg } = expectation;
  if (typeof errmsg !== 'string' || scope.fillIn(errmsg) === reply.errorMessage) return undefined;
  return `the message ${JSON.stringify(scope.fillIn(errmsg))} was expected, not ${reply.describe()}`;
}

/** The value that the expectation is about: at its path, or the whole reply without what every reply carries. */
function target({ expectation, reply, scope }: Subject): BsonValue | undefined {
  if (expectation.at !== undefined) return resolvePath(reply.body, parsePath(expectation.at, scope));
  return reply.withoutGossip;
}

function orMissing(
  subject: Subject,
  examine: (actual: BsonValue | undefined) => string | undefined,
): string | undefined {
  const actual = target(subject);
  if (actual === undefined && subject.expectation.orMissing === true) return undefined;
  return examine(actual);
}

function compare(content: Json, found: BsonValue | undefined, { expectation, scope }: Subject): string | undefined {
  const expected = parseValue(content, scope);
  const actual = expectation.pluck === undefined ? found : pluck(found, expectation.pluck, scope);
  if (actual !== undefined && isEqualUnder(expectation, expected, actual)) return undefined;
  return `expected ${describe(expected)}\nbut found ${describe(actual)}`;
}

function isEqualUnder(modifier: JsonObject, expected: BsonValue, actual: BsonValue): boolean {
  const options = { nanAnyType: modifier.nanAnyType === true };
  const fields = Array.isArray(modifier.ignoreOrderIn) ? modifier.ignoreOrderIn.map(String) : [];
  const equals = (left: BsonValue, right: BsonValue) =>
    fields.length > 0 ? isEqualIgnoringOrderIn(fields, left, right, options) : isEqual(left, right, options);
  if (expected.type !== 'array' || actual.type !== 'array') return equals(expected, actual);
  if (modifier.anyOrder === true) return isEqualInAnyOrder(expected.items, actual.items, equals);
  if (expected.items.length !== actual.items.length) return false;
  return expected.items.every((item, index) => equals(item, actual.items[index] ?? { type: 'undefined' }));
}

/** The values at a path of every element; an element that lacks it leaves a gap that equals nothing. */
function pluck(value: BsonValue | undefined, path: Json, scope: CaseScope): BsonValue | undefined {
  if (value?.type !== 'array') return undefined;
  const parsed = parsePath(path, scope);
  const items = value.items.map((item) => resolvePath(item, parsed));
  return items.every((item) => item !== undefined) ? { type: 'array', items } : undefined;
}

function findPartialDifference(expected: BsonValue, actual: BsonValue | undefined, where: string): string | undefined {
  if (expected.type === 'object' && actual?.type === 'object') {
    for (const [key, value] of expected.entries) {
      const difference = findPartialDifference(value, field(actual, key), `${where}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (expected.type === 'array' && actual?.type === 'array') {
    for (const [index, value] of expected.items.entries()) {
      const difference = findPartialDifference(value, actual.items[index], `${where}.${index}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (actual !== undefined && isEqual(expected, actual)) return undefined;
  return `expected ${describe(expected)} at "${where}", but found ${describe(actual)}`;
}

function findBrokenChecks(content: Json, value: BsonValue | undefined, scope: CaseScope): string | undefined {
  if (!isObject(content)) throw new Error(`checks are given by path, not as ${JSON.stringify(content)}`);
  for (const [path, checks] of Object.entries(content)) {
    const filledIn = scope.fillIn(path);
    const actual = value === undefined ? undefined : resolveDottedPath(value, filledIn);
    const broken = findBrokenCheck(checks, actual, scope);
    if (broken !== undefined) return `at "${filledIn}": ${broken}`;
  }
  return undefined;
}

function checkEachDocument(content: Json, { reply, scope }: Subject): string | undefined {
  const documents = firstBatch(reply);
  if (documents.length === 0) return 'at least one document was expected in the first batch';
  return firstDefined(documents, (item) => findBrokenChecks(content, item, scope));
}

function checkPerDocument(content: Json, { reply, scope }: Subject): string | undefined {
  const documents = firstBatch(reply);
  if (!Array.isArray(content)) throw new Error('perDoc holds a list');
  if (documents.length !== content.length) return `${content.length} documents were expected, not ${documents.length}`;
  return firstDefined(documents, (item, index) => findBrokenChecks(content[index] ?? null, item, scope));
}

function firstBatch(reply: Reply): readonly BsonDocument[] {
  const batch = resolvePath(reply.body, ['cursor', 'firstBatch']);
  if (batch?.type !== 'array') return [];
  return batch.items.filter((item) => item.type === 'object');
}

function firstDefined<Item>(
  items: readonly Item[],
  examine: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = examine(item, index);
    if (found !== undefined) return `document ${index}: ${found}`;
  }
  return undefined;
}

function refusePresence({ expectation, reply, scope }: Subject): string | undefined {
  const path = parsePath(expectation.at, scope);
  const parent = resolvePath(reply.body, path.slice(0, -1));
  if (parent === undefined) return `nothing is where ${JSON.stringify(expectation.at)} should be missing`;
  const found = resolvePath(reply.body, path);
  return found === undefined
    ? undefined
    : `nothing was expected at ${JSON.stringify(expectation.at)}, not ${describe(found)}`;
}
