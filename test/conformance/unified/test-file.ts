/**
 * A file in the unified test format, read strictly: what the runner would overlook, it refuses. A key that is not
 * known could be an assertion, and a test that skips an assertion has not passed.
 *
 * Format: https://github.com/mongodb/specifications/blob/master/source/unified-test-format/unified-test-format.md
 */
import { BSON, type Document } from 'mongodb';

/** The newest schema version that the runner knows. */
const newestSchema = { major: 1, minor: 23 };

export interface TestFile {
  readonly description: string;
  readonly schemaVersion: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly createEntities?: readonly Document[];
  readonly initialData?: readonly CollectionData[];
  readonly tests: readonly Test[];
}

export interface Test {
  readonly description: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly skipReason?: string;
  readonly operations: readonly Operation[];
  readonly expectEvents?: readonly ExpectedEvents[];
  readonly expectLogMessages?: readonly ExpectedLogMessages[];
  readonly outcome?: readonly CollectionData[];
}

export interface Requirement {
  readonly minServerVersion?: string;
  readonly maxServerVersion?: string;
  readonly topologies?: readonly string[];
  readonly serverless?: 'require' | 'forbid' | 'allow';
  readonly serverParameters?: Document;
  readonly auth?: boolean;
  readonly authMechanism?: string;
  readonly csfle?: boolean | Document;
}

export interface CollectionData {
  readonly collectionName: string;
  readonly databaseName: string;
  readonly createOptions?: Document;
  readonly documents: Document[];
}

export interface Operation {
  readonly name: string;
  readonly object: string;
  readonly arguments?: Document;
  readonly ignoreResultAndError?: boolean;
  readonly expectError?: Document;
  readonly expectResult?: unknown;
  readonly saveResultAsEntity?: string;
}

export interface ExpectedEvents {
  readonly client: string;
  readonly eventType?: 'command' | 'cmap' | 'sdam';
  readonly events: readonly Document[];
  readonly ignoreExtraEvents?: boolean;
}

export interface ExpectedLogMessages {
  readonly client: string;
  readonly messages: readonly Document[];
  readonly ignoreMessages?: readonly Document[];
  readonly ignoreExtraMessages?: boolean;
}

/** Keys that must be there, and keys that may. */
interface Shape {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const fileShape: Shape = {
  required: ['description', 'schemaVersion', 'tests'],
  optional: ['runOnRequirements', 'createEntities', 'initialData', '_yamlAnchors'],
};

const testShape: Shape = {
  required: ['description', 'operations'],
  optional: ['runOnRequirements', 'skipReason', 'expectEvents', 'expectLogMessages', 'outcome'],
};

const requirementShape: Shape = {
  required: [],
  optional: [
    'minServerVersion',
    'maxServerVersion',
    'topologies',
    'serverless',
    'serverParameters',
    'auth',
    'authMechanism',
    'csfle',
  ],
};

const operationShape: Shape = {
  required: ['name', 'object'],
  optional: ['arguments', 'ignoreResultAndError', 'expectError', 'expectResult', 'saveResultAsEntity'],
};

const collectionDataShape: Shape = {
  required: ['collectionName', 'databaseName', 'documents'],
  optional: ['createOptions'],
};

/** Reads a file's text. Throws for what is no file of a schema version that the runner knows. */
export function parseTestFile(text: string): TestFile {
  const file: Document = BSON.EJSON.parse(text);
  requireShape(file, fileShape, 'the file');
  requireSchema(file.schemaVersion);
  for (const requirement of requireList(file, 'runOnRequirements'))
    requireShape(requirement, requirementShape, 'a requirement');
  for (const data of requireList(file, 'initialData')) requireShape(data, collectionDataShape, 'initialData');
  requireList(file, 'createEntities');
  const tests = requireList(file, 'tests');
  if (tests.length === 0) throw new Error('the file has no tests');
  const { description, schemaVersion, runOnRequirements, createEntities, initialData } = file;
  return { description, schemaVersion, runOnRequirements, createEntities, initialData, tests: tests.map(requireTest) };
}

/** Throws when an operation has keys that the format does not, or contradictory ones. */
export function requireOperation(operation: Document): Operation {
  requireShape(operation, operationShape, 'an operation');
  const { name, object, expectError, expectResult, ignoreResultAndError, saveResultAsEntity } = operation;
  const expects = expectResult !== undefined || saveResultAsEntity !== undefined;
  if (expectError !== undefined && expects) throw new Error(`${name} expects both an error and a result`);
  if (ignoreResultAndError === true && (expects || expectError !== undefined)) {
    throw new Error(`${name} both ignores its result and expects one`);
  }
  return { ...operation, name, object };
}

function requireTest(test: Document): Test {
  requireShape(test, testShape, 'a test');
  for (const requirement of requireList(test, 'runOnRequirements'))
    requireShape(requirement, requirementShape, 'a requirement');
  for (const data of requireList(test, 'outcome')) requireShape(data, collectionDataShape, 'outcome');
  const operations = requireList(test, 'operations').map(requireOperation);
  return { ...test, description: test.description, operations };
}

/** Throws when keys are missing from an object or are in it that do not belong there. */
export function requireShape(value: unknown, { required, optional }: Shape, what: string): void {
  if (typeof value !== 'object' || value === null) throw new Error(`${what} is no object`);
  const keys = Object.keys(value);
  const missing = required.filter((key) => !keys.includes(key));
  const unknown = keys.filter((key) => !required.includes(key) && !optional.includes(key));
  if (missing.length > 0) throw new Error(`${what} lacks ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Error(`${what} has what the format lacks: ${unknown.join(', ')}`);
}

function requireList(parent: Document, key: string): Document[] {
  const list = parent[key] ?? [];
  if (!Array.isArray(list)) throw new Error(`"${key}" is no list`);
  return list;
}

function requireSchema(version: unknown): void {
  const match = /^(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(String(version));
  const isKnown =
    match !== null && Number(match[1]) === newestSchema.major && Number(match[2] ?? 0) <= newestSchema.minor;
  if (!isKnown)
    throw new Error(`schema version ${version} is not known (up to ${newestSchema.major}.${newestSchema.minor})`);
}
