/**
 * Which rights a pipeline asks for: what its first stage asks on the namespace that it reads, what each stage asks because
 * of its argument, and the same for the pipelines inside. Views are not looked into: who may read a view may see through it.
 */
import { type StagePlace, type StageRequirement, valuesOf } from '../../aggregation/stage-privilege.ts';
import { findStage } from '../../aggregation/stage-table.ts';
import { clusterResource, collectionResource, databaseResource, type Resource } from '../../auth/resource.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { limits } from '../../limits.ts';
import type { MayDo, PrivilegeRule } from '../../session/command-policy.ts';
import { isAsked } from './argument.ts';

/** Right of the aggregate command. */
export const mayAggregate: PrivilegeRule = ({ body, name, database }, may) => {
  const collection = body.get(name);
  return mayRunPipeline(valuesOf(body, 'pipeline'), may, {
    database,
    collection: typeof collection === 'string' ? collection : undefined,
    bypassesValidation: valuesOf(body, 'bypassDocumentValidation').some(isAsked),
  });
};

/** Whether somebody may run these pipelines at this place. */
export function mayRunPipeline(pipelines: readonly (Value | undefined)[], may: MayDo, place: StagePlace): boolean {
  if (pipelines.length === 0) return mayStart(undefined, may, place);
  return pipelines.every((stages) => mayRunStages(stages, may, place, 0));
}

function mayRunStages(stages: Value | undefined, may: MayDo, place: StagePlace, depth: number): boolean {
  // Deeper ones are refused by whoever reads the pipeline.
  if (depth > limits.subPipelineDepth * 2) return true;
  const [first] = Array.isArray(stages) ? (stages as readonly Value[]) : [];
  return mayStart(firstName(first), may, place) && mayRunNested(stages, may, place, depth);
}

function firstName(stage: Value | undefined): string | undefined {
  return stage instanceof BsonDocument ? stage.firstKey() : undefined;
}

/** What a pipeline asks on its own namespace, by its first stage. */
function mayStart(first: string | undefined, may: MayDo, { database, collection }: StagePlace): boolean {
  const privilege = (first === undefined ? undefined : findStage(first))?.privilege ?? findNamespace;
  if (privilege === 'none') return true;
  const namespace: Resource =
    collection === undefined ? databaseResource(database) : collectionResource(database, collection);
  return may(privilege.action, privilege.on === 'cluster' ? clusterResource : namespace);
}

const findNamespace = { action: 'find', on: 'namespace' } as const;

/** What the stages ask wherever they stand. */
function mayRunNested(stages: Value | undefined, may: MayDo, place: StagePlace, depth: number): boolean {
  if (!Array.isArray(stages)) return true;
  for (const stage of stages as readonly Value[]) {
    if (!(stage instanceof BsonDocument)) continue;
    for (const [name, argument] of stage.entries()) {
      const definition = findStage(name);
      if (definition === undefined) continue;
      const isSource = definition.privilege !== 'none' && definition.privilege.action !== 'find';
      if (isSource && !mayStart(name, may, place)) return false;
      const required = definition.requires?.(argument, place) ?? [];
      if (!required.every((requirement) => isMet(requirement, may, place, depth))) return false;
    }
  }
  return true;
}

function isMet(requirement: StageRequirement, may: MayDo, place: StagePlace, depth: number): boolean {
  switch (requirement.kind) {
    case 'right':
      return may(requirement.action, requirement.resource);
    case 'nested':
      return mayRunNested(requirement.stages, may, place, depth + 1);
    case 'pipeline': {
      const { database, collection, stages } = requirement;
      return mayRunStages(stages, may, { ...place, database, collection }, depth + 1);
    }
  }
}
