/** The query inside of a command that explain is asked about. */
import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { CommandRequest } from '../command.ts';
import type { TopStage } from './explanation.ts';
import { parseFind } from './find-arguments.ts';
import type { QuerySpecification } from './query.ts';

export interface ExplainedQuery {
  readonly query: QuerySpecification;
  readonly top?: TopStage;
}

const updateStage: TopStage = {
  stage: 'UPDATE',
  counts: (matched) => ({ nMatched: matched, nWouldModify: matched, nWouldUpsert: 0 }),
};
const deleteStage: TopStage = { stage: 'DELETE', counts: (matched) => ({ nWouldDelete: matched }) };
const countStage: TopStage = { stage: 'COUNT', counts: (matched) => ({ nCounted: matched, nSkipped: 0 }) };

/** Throws CommandNotFound for what is no command, FailedToParse for a command that cannot be explained. */
export function explainedQuery(request: CommandRequest): ExplainedQuery {
  const { body } = request;
  switch (request.name) {
    case 'find':
      return { query: parseFind(request) };
    case 'count':
      return {
        query: {
          ...common(body, 'query'),
          skip: number(body.get('skip')),
          limit: Math.abs(number(body.get('limit')) ?? 0),
          isCount: true,
        },
        top: countStage,
      };
    case 'distinct':
      return { query: { ...common(body, 'query'), distinctPath: String(body.get('key')) } };
    case 'update': {
      const statement = onlyStatement(body, 'updates');
      return { query: { ...common(statement, 'q'), limit: statement.get('multi') === true ? 0 : 1 }, top: updateStage };
    }
    case 'delete': {
      const statement = onlyStatement(body, 'deletes');
      return { query: { ...common(statement, 'q'), limit: number(statement.get('limit')) ?? 0 }, top: deleteStage };
    }
    case 'findAndModify':
    case 'findandmodify':
      return {
        query: { ...common(body, 'query'), sort: documentOf(body.get('sort')), limit: 1 },
        top: body.get('remove') === true ? deleteStage : updateStage,
      };
    default:
      throw new MongoError('CommandNotFound', `Explain failed due to unknown command: ${request.name}`);
  }
}

function common(source: BsonDocument, filter: string): QuerySpecification {
  return {
    filter: documentOf(source.get(filter)),
    collation: documentOf(source.get('collation')),
    hint: source.get('hint'),
  };
}

function onlyStatement(body: BsonDocument, field: string): BsonDocument {
  const statements = body.get(field);
  const first: Value | undefined = Array.isArray(statements) ? statements[0] : undefined;
  if (Array.isArray(statements) && statements.length === 1 && first instanceof BsonDocument) return first;
  throw new MongoError('InvalidLength', 'explained write batches must be of size 1');
}

function documentOf(value: Value | undefined): BsonDocument | undefined {
  return value instanceof BsonDocument ? value : undefined;
}

function number(value: Value | undefined): number | undefined {
  return isNumeric(value) ? toDouble(value) : undefined;
}
