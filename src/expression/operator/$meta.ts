import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import type { Argument, OperatorParser } from '../operator.ts';

const kinds: ReadonlySet<string> = new Set([
  'geoNearDistance',
  'geoNearPoint',
  'indexKey',
  'randVal',
  'recordId',
  'score',
  'scoreDetails',
  'searchHighlights',
  'searchScore',
  'searchScoreDetails',
  'searchSequenceToken',
  'sortKey',
  'stream',
  'textScore',
  'timeseriesBucketMaxTime',
  'timeseriesBucketMinTime',
  'vectorSearchScore',
]);

/** Kinds that something must have made before they can be asked for, by how messages call them. */
const required: Readonly<Record<string, string>> = {
  geoNearDistance: '$geoNear distance',
  geoNearPoint: '$geoNear point',
  scoreDetails: 'scoreDetails',
  searchHighlights: '$searchHighlights',
  searchScore: '$search score',
  textScore: 'text score',
  vectorSearchScore: '$vectorSearch score',
};

class Meta implements Expression {
  readonly #kind: string;
  constructor(kind: string) {
    this.#kind = kind;
  }
  evaluate(scope: Scope): Argument {
    return scope.metadata?.get(this.#kind);
  }
}

export const $meta: OperatorParser = ({ operand, context }) => {
  if (typeof operand !== 'string') {
    throw new MongoError('Location17307', `$meta only supports string arguments, found ${typeName(operand)}`);
  }
  if (!kinds.has(operand)) throw new MongoError('Location17308', `Unsupported argument to $meta: ${operand}`);
  const title = required[operand];
  if (title !== undefined && context.options.metadata?.has(operand) !== true) {
    throw new MongoError('Location40218', `query requires ${title} metadata, but it is not available`);
  }
  context.dependencies.metadata.add(operand);
  return new Meta(operand);
};
