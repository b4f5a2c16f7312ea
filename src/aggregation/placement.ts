/** Where stages may stand: the policies of the table, checked for a whole pipeline. */
import { MongoError } from '../error/mongo-error.ts';
import type { PipelineContext, PipelinePlace, PipelineStage } from './stage.ts';

/** Throws what MongoDB throws where a stage stands in a place that its policy excludes. */
export function checkPlacement(stages: readonly PipelineStage[], context: PipelineContext): void {
  // $rankFusion knows itself what it takes.
  if (context.place === 'rankFusion') return;
  if (context.place === 'command' || context.place === 'lookup' || context.place === 'unionWith') {
    checkNamespace(stages, context);
  }
  if (stages[0]?.name === '$changeStream') checkChangeStream(stages);
  for (const [index, stage] of stages.entries()) {
    checkPlace(stage, context.place);
    checkReadConcern(stage, context.options.readConcernLevel);
    if (context.isInsideFacet && !stage.definition.inFacet) {
      throw new MongoError('Location40600', `${stage.name} is not allowed to be used within a $facet stage`);
    }
    const { position } = stage.definition;
    if (position === 'first' && index > 0) {
      const message = `${stage.name} is only valid as the first stage in a pipeline`;
      throw stage.definition.firstError?.(stage.name) ?? new MongoError('Location40602', message);
    }
    if (position === 'last' && index < stages.length - 1) {
      throw new MongoError('Location40601', `${stage.name} can only be the final stage in the pipeline`);
    }
    if (context.options.isInTransaction && !stage.definition.inTransaction) {
      throw new MongoError(
        'OperationNotSupportedInTransaction',
        `Stage not supported inside of a multi-document transaction: ${stage.name}`,
      );
    }
  }
}

function checkNamespace(stages: readonly PipelineStage[], context: PipelineContext): void {
  const first = stages[0];
  const isCollectionless = context.namespace === undefined;
  if (first === undefined) {
    if (!isCollectionless) return;
    throw new MongoError('InvalidNamespace', '{aggregate: 1} is not valid for an empty pipeline.');
  }
  const wanted = first.definition.namespace;
  if (isCollectionless && wanted === 'collection') {
    throw new MongoError(
      'InvalidNamespace',
      `{aggregate: 1} is not valid for '${first.name}'; a collection is required.`,
    );
  }
  if (!isCollectionless && (wanted === 'database' || wanted === 'admin')) {
    throw new MongoError('InvalidNamespace', `'${first.name}' can only be run with {aggregate: 1}`);
  }
  if (wanted === 'admin' && context.options.database !== 'admin') {
    throw new MongoError(
      'InvalidNamespace',
      `${first.name} must be run against the 'admin' database with {aggregate: 1}`,
    );
  }
}

function checkChangeStream(stages: readonly PipelineStage[]): void {
  for (const { name, definition, stage } of stages.slice(1)) {
    const isAllowed = definition.inChangeStream && stage.readsEverything !== true;
    if (isAllowed || definition.position === 'first') continue;
    throw new MongoError('IllegalOperation', `${name} is not permitted in a $changeStream pipeline`);
  }
}

function checkReadConcern({ name, definition }: PipelineStage, level: string): void {
  const isAllowed =
    definition.readConcern === 'any' ||
    (definition.readConcern === 'majority' && (level === 'local' || level === 'majority')) ||
    (definition.readConcern === 'local' && level === 'local') ||
    (definition.readConcern === 'notLinearizable' && level !== 'linearizable');
  if (isAllowed) return;
  if (definition.readConcern === 'majority') {
    throw new MongoError(
      'InvalidOptions',
      `${name} cannot run with a readConcern other than 'majority'. Current readConcern: ${level}`,
    );
  }
  throw new MongoError(
    'InvalidOptions',
    `Aggregation stage ${name} cannot run with a readConcern other than 'local', or in a multi-document transaction. Current readConcern: ${level}`,
  );
}

function checkPlace({ name, definition, stage }: PipelineStage, place: PipelinePlace): void {
  if (place === 'lookup' && !definition.inLookup) {
    throw new MongoError('Location51047', `${name} is not allowed within a $lookup's sub-pipeline`);
  }
  if (place === 'unionWith' && !definition.inUnionWith) {
    throw new MongoError('Location31441', `${name} is not allowed within a $unionWith's sub-pipeline`);
  }
  if (place === 'view' && !definition.inView) {
    throw new MongoError('OptionNotSupportedOnView', `${name} is not allowed in a view definition`);
  }
  if (place === 'update' && (!definition.inUpdate || stage.readsEverything === true)) {
    throw new MongoError('InvalidOptions', `${name} is not allowed to be used within an update`);
  }
}
