/** One operation: find its entity, perform it, judge what came of it. */
import type { Document } from 'mongodb';
import type { Entity } from './entity.ts';
import { matchError } from './expected-error.ts';
import { BadTest, isVerdict, Mismatch } from './failure.ts';
import { matchRoot, matchRootList, show } from './match.ts';
import { bucketOperations } from './operation/bucket.ts';
import { clientOperations } from './operation/client.ts';
import { collectionOperations } from './operation/collection.ts';
import { cursorOperations } from './operation/cursor.ts';
import { databaseOperations } from './operation/database.ts';
import { sessionOperations } from './operation/session.ts';
import type { OperationRun, OperationTable } from './operation/table.ts';
import { testRunnerOperations } from './operation/test-runner.ts';
import { prepareArguments } from './operation-argument.ts';
import type { TestContext } from './test-context.ts';
import type { Operation } from './test-file.ts';

/** The operation whose list is of values; every other list is of documents, each a root of its own. */
const listOfValues = 'distinct';

type Result = { readonly value: unknown } | { readonly error: unknown };

/** Performs an operation and judges it. Throws a verdict when it is not as expected. */
export async function runOperation(operation: Operation, context: TestContext): Promise<void> {
  await performAndJudge(operation, context);
}

async function performAndJudge(operation: Operation, context: TestContext): Promise<Result> {
  const result = await perform(operation, context);
  if ('error' in result && isVerdict(result.error)) throw result.error;
  if (operation.ignoreResultAndError !== true) judge(operation, result, context);
  return result;
}

async function perform(operation: Operation, context: TestContext): Promise<Result> {
  const start = prepare(operation, context);
  try {
    return { value: await start() };
  } catch (error) {
    return { error };
  }
}

/** Finds what to do, before it is done: what is wrong with the test is not to be taken for an error of the driver. */
function prepare({ name, object, arguments: given = {} }: Operation, context: TestContext): () => unknown {
  const run: OperationRun = {
    context,
    nested: async (operation) => {
      const result = await performAndJudge(operation, context);
      if ('error' in result) throw result.error;
    },
  };
  if (object === 'testRunner') {
    const operation = requireRow(testRunnerOperations, name, 'the test runner');
    return () => operation(context, given, run);
  }
  const entity = context.entities.require(object);
  return prepareOnEntity(entity, name, prepareArguments(given, context.entities), run);
}

function prepareOnEntity(entity: Entity, name: string, given: Document, run: OperationRun): () => unknown {
  const bind = <Target>(table: OperationTable<Target>, target: Target) => {
    const operation = requireRow(table, name, `a ${entity.kind}`);
    return () => operation(target, given, run);
  };
  switch (entity.kind) {
    case 'client':
      return bind(clientOperations, entity.it);
    case 'database':
      return bind(databaseOperations, entity.it);
    case 'collection':
      return bind(collectionOperations, entity.it);
    case 'session':
      return bind(sessionOperations, entity.it);
    case 'bucket':
      return bind(bucketOperations, entity.it);
    case 'cursor':
      return bind(cursorOperations, entity.it);
    default:
      throw new BadTest(`a ${entity.kind} has no operations`);
  }
}

function requireRow<Row>(table: Readonly<Record<string, Row>>, name: string, whose: string): Row {
  const row = table[name];
  if (row === undefined) throw new BadTest(`${whose} has no operation ${name} here`);
  return row;
}

function judge(operation: Operation, result: Result, { entities }: TestContext): void {
  const { name, expectError, expectResult, saveResultAsEntity } = operation;
  if (expectError !== undefined) {
    if (!('error' in result)) throw new Mismatch(`${name} should have failed, but gave ${show(result.value)}`);
    matchError(expectError, result.error, entities);
    return;
  }
  if ('error' in result) throw new Mismatch(`${name} failed: ${show(result.error)}`);
  if (expectResult !== undefined) {
    if (Array.isArray(expectResult) && name !== listOfValues) matchRootList(expectResult, result.value, entities, name);
    else matchRoot(expectResult, result.value, entities, name);
  }
  if (saveResultAsEntity !== undefined) entities.addResult(saveResultAsEntity, result.value);
}
