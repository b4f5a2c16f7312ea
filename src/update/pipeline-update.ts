import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { unknownReach } from '../change/reach.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { replaceDocument } from './replacement.ts';
import type { Equalities, Update, UpdateContext, UpdateRun } from './update-plan.ts';
import { finishUpsert, seedDocument } from './upsert.ts';

/** Stages that turn one document into one document, which is all that an update may use. */
const allowedStages: ReadonlySet<string> = new Set([
  '$addFields',
  '$set',
  '$project',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
]);

/** Reads `[{ $set: … }, …]`. Throws InvalidOptions for a stage that an update may not use. */
export function parsePipelineUpdate(stages: readonly Value[], context: UpdateContext): Update {
  if (context.arrayFilters !== undefined && context.arrayFilters.length > 0) {
    throw new MongoError('FailedToParse', 'arrayFilters may not be specified for pipeline-style updates');
  }
  for (const stage of stages) {
    const name = stage instanceof BsonDocument ? stage.firstKey() : undefined;
    if (name === undefined || !name.startsWith('$') || allowedStages.has(name)) continue;
    throw new MongoError('InvalidOptions', `${name} is not allowed to be used within an update`);
  }
  invariant(context.compilePipeline !== undefined, 'a pipeline update needs a compiler of pipelines');
  return new PipelineUpdate(context.compilePipeline(stages));
}

class PipelineUpdate implements Update {
  readonly kind = 'pipeline';
  readonly reach = unknownReach;
  readonly needsArrayPosition = false;
  readonly #transform: (document: BsonDocument) => BsonDocument;

  constructor(transform: (document: BsonDocument) => BsonDocument) {
    this.#transform = transform;
  }

  apply(document: BsonDocument, _run: UpdateRun): BsonDocument {
    const before = encodeDocument(document);
    const transformed = this.#transform(document);
    if (transformed === document) return document;
    const result = replaceDocument(before, transformed, true);
    return encodeDocument(result).equals(before) ? document : result;
  }

  createForUpsert(equalities: Equalities, _run: UpdateRun): BsonDocument {
    const seed = seedDocument(equalities);
    const before = encodeDocument(seed);
    return finishUpsert(replaceDocument(before, this.#transform(seed), true));
  }
}
