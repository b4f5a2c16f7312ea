/**
 * Whether an actual value matches an expected one, by the format's rules: an expected document names what must be
 * there; at the root it says nothing of what else may be; numbers compare across types; an object whose only key
 * begins with `$$` is an operator.
 */
import { Binary, BSON, BSONRegExp, BSONType, Decimal128, type Document, Double, Int32, Long } from 'mongodb';
import { BadTest, Mismatch } from './failure.ts';

// The driver's own BSON classes: those of another copy of the package would not be recognized.
const { deserialize, EJSON, serialize } = BSON;

/** What operators look up. */
export interface MatchScope {
  /** The value of an entity. Throws `BadTest` when there is none. */
  readonly value: (entity: string) => unknown;
  /** The logical session id of a session entity. Throws `BadTest` when there is none. */
  readonly lsid: (session: string) => Document;
  /** Ends of paths where a driver may add fields of its own accord; `*` stands for any one name. */
  readonly extraFields: readonly string[];
}

/** Where a comparison stands. */
interface Place {
  readonly scope: MatchScope;
  readonly path: string;
  /** Whether a document may have further keys here. */
  readonly isRoot: boolean;
}

/** Throws a `Mismatch` unless the actual value matches as a root-level value. `path` names it in the message. */
export function matchRoot(expected: unknown, actual: unknown, scope: MatchScope, path: string): void {
  match(expected, actual, { scope, path, isRoot: true });
}

/** As `matchRoot`, for a list whose every element is a root-level document, such as what a cursor returns. */
export function matchRootList(expected: readonly unknown[], actual: unknown, scope: MatchScope, path: string): void {
  const items = requireItems(expected, actual, path);
  for (const [index, item] of expected.entries()) matchRoot(item, items[index], scope, `${path}[${index}]`);
}

function match(expected: unknown, actual: unknown, place: Place): void {
  const operator = readOperator(expected);
  if (operator !== undefined) {
    operator.run(operator.content, actual, place);
  } else if (Array.isArray(expected)) {
    const items = requireItems(expected, actual, place.path);
    for (const [index, item] of expected.entries()) {
      match(item, items[index], { ...place, path: `${place.path}[${index}]`, isRoot: false });
    }
  } else if (isDocument(expected)) {
    matchDocument(expected, actual, place);
  } else if (!isSameValue(expected, actual)) {
    throw mismatch(place, show(expected), actual);
  }
}

function matchDocument(expected: Document, actual: unknown, place: Place): void {
  if (!isDocument(actual)) throw mismatch(place, `a document ${show(expected)}`, actual);
  for (const [key, value] of Object.entries(expected)) {
    match(value, actual[key], { ...place, path: `${place.path}.${key}`, isRoot: false });
  }
  if (place.isRoot) return;
  const extra = Object.keys(actual).find((key) => {
    return !(key in expected) && actual[key] !== undefined && !isTolerated(`${place.path}.${key}`, place.scope);
  });
  if (extra !== undefined) throw new Mismatch(`${place.path}.${extra}: ${show(actual[extra])} was not expected`);
}

function isTolerated(path: string, { extraFields }: MatchScope): boolean {
  const names = path.split('.');
  return extraFields.some((field) => {
    const wanted = field.split('.');
    return names.slice(-wanted.length).every((name, index) => wanted[index] === '*' || wanted[index] === name);
  });
}

function requireItems(expected: readonly unknown[], actual: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(actual)) throw new Mismatch(`${path}: a list was expected, but found ${show(actual)}`);
  if (actual.length === expected.length) return actual;
  throw new Mismatch(`${path}: ${expected.length} elements were expected, but found ${actual.length}: ${show(actual)}`);
}

type Operator = (content: unknown, actual: unknown, place: Place) => void;

const operators: Readonly<Record<string, Operator>> = {
  $$exists: (content, actual, place) => {
    if ((actual !== undefined) !== content) throw mismatch(place, content === true ? 'something' : 'nothing', actual);
  },
  $$type: (content, actual, place) => {
    const aliases = Array.isArray(content) ? content.map(String) : [String(content)];
    if (actual === undefined || !aliases.some((alias) => hasType(alias, actual))) {
      throw mismatch(place, `a value of type ${aliases.join(' or ')}`, actual);
    }
  },
  $$matchesEntity: (content, actual, place) => match(place.scope.value(String(content)), actual, place),
  $$matchesHexBytes: (content, actual, place) => {
    const found = actual instanceof Uint8Array ? Buffer.from(actual).toString('hex') : undefined;
    if (found !== parseHex(content).toString('hex')) throw mismatch(place, `the bytes ${content}`, actual);
  },
  $$unsetOrMatches: (content, actual, place) => {
    if (actual !== undefined) match(content, actual, place);
  },
  $$sessionLsid: (content, actual, place) => match(place.scope.lsid(String(content)), actual, place),
  $$lte: (content, actual, place) => {
    const [limit, number] = [numberOf(content), numberOf(actual)];
    if (limit === undefined) throw new BadTest('$$lte compares with a number');
    if (number === undefined || number > limit) throw mismatch(place, `at most ${limit}`, actual);
  },
  $$matchAsDocument: (content, actual, place) => {
    if (typeof actual !== 'string') throw mismatch(place, 'a document as text', actual);
    match(content, EJSON.parse(actual), { ...place, isRoot: false });
  },
  $$matchAsRoot: (content, actual, place) => match(content, actual, { ...place, isRoot: true }),
};

/** The operator that an expected value is, if it is one. Throws `BadTest` for one that the format lacks. */
function readOperator(expected: unknown): { run: Operator; content: unknown } | undefined {
  if (!isDocument(expected)) return undefined;
  const [key, ...others] = Object.keys(expected);
  if (key === undefined || others.length > 0 || !key.startsWith('$$')) return undefined;
  const run = operators[key];
  if (run === undefined) throw new BadTest(`the operator ${key} is not known here`);
  return { run, content: expected[key] };
}

/** The bytes of a hexadecimal string. Throws `BadTest` when it is malformed. */
export function parseHex(content: unknown): Buffer {
  if (typeof content !== 'string' || !/^([0-9a-f]{2})*$/i.test(content))
    throw new BadTest(`no hexadecimal bytes: ${content}`);
  return Buffer.from(content, 'hex');
}

/** The document as it goes over the wire: what a driver's objects become, with exact number types. */
export function asWireDocument(document: Document): Document {
  const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false };
  return deserialize(serialize(document, { ignoreUndefined: true }), exact);
}

function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || '_bsontype' in value) return false;
  return !(Array.isArray(value) || value instanceof Date || value instanceof RegExp || value instanceof Uint8Array);
}

/** Numbers are equal across types; everything else must be the same bytes. A decimal is a number of its own. */
function isSameValue(expected: unknown, actual: unknown): boolean {
  const [left, right] = [numberOf(expected), numberOf(actual)];
  if (left !== undefined && right !== undefined)
    return Number(left) === Number(right) || (Number.isNaN(left) && Number.isNaN(right));
  if (left !== undefined || right !== undefined || actual === undefined) return false;
  if (expected === null || actual === null || isDocument(actual)) return expected === actual;
  return Buffer.from(serialize({ v: expected })).equals(serialize({ v: actual }));
}

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  return Long.isLong(value) && !isTimestamp(value) ? value.toBigInt() : undefined;
}

function isTimestamp(value: Long): boolean {
  return String(value._bsontype) === 'Timestamp';
}

/** A JavaScript number stands for every BSON number that it could have been. */
function hasType(alias: string, value: unknown): boolean {
  if (alias === 'number') return numberOf(value) !== undefined || value instanceof Decimal128;
  if (typeof value === 'number')
    return alias === 'double' || (Number.isInteger(value) && (alias === 'int' || alias === 'long'));
  const code = serialize({ v: value })[4];
  const typeCodes: Readonly<Record<string, number>> = BSONType;
  if (typeCodes[alias] === undefined) throw new BadTest(`$$type does not know "${alias}"`);
  return code === (typeCodes[alias] & 0xff);
}

function mismatch({ path }: Place, expected: string, actual: unknown): Mismatch {
  return new Mismatch(`${path}: ${expected} was expected, but found ${show(actual)}`);
}

const longestText = 400;

/** The value as readable text, cut when long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const text = textOf(value);
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function textOf(value: unknown): string {
  if (value instanceof Binary || value instanceof BSONRegExp || typeof value === 'bigint') return value.toString();
  try {
    return EJSON.stringify(value, { relaxed: true }) ?? String(value);
  } catch {
    return String(value);
  }
}
