/** Rights of the commands that change what there is, where more than one collection or action is asked. */
import { valuesOf } from '../../aggregation/stage-privilege.ts';
import { collectionResource, databaseResource, type Resource } from '../../auth/resource.ts';
import type { Value } from '../../bson/value.ts';
import type { MayDo, PrivilegeRule } from '../../session/command-policy.ts';
import { collectionOf } from '../../session/ladder.ts';
import type { GateRequest } from '../../session/live-operation.ts';
import { isAsked } from './argument.ts';
import { mayRunPipeline } from './pipeline.ts';

/** Whoever may insert may also make a plain collection; of a view one may not make more readable than one can read. */
export const mayCreate: PrivilegeRule = (request, may) => {
  const { body } = request;
  const isPlain = !isAsked(body.get('capped')) && !body.has('viewOn');
  const mayMake = (isPlain && may('insert', target(request))) || may('createCollection', target(request));
  return mayMake && mayDefineView(request, may);
};

export const mayCollMod: PrivilegeRule = (request, may) =>
  may('collMod', target(request)) && mayDefineView(request, may);

/** Who could read the view has to be able to read what it shows. */
function mayDefineView(request: GateRequest, may: MayDo): boolean {
  const { body, database } = request;
  if (!body.has('viewOn') && !body.has('pipeline')) return true;
  if (!may('find', target(request))) return true;
  const sources = valuesOf(body, 'viewOn');
  return (sources.length === 0 ? [undefined] : sources).every((source) => {
    const collection = typeof source === 'string' ? source : undefined;
    return mayRunPipeline(valuesOf(body, 'pipeline'), may, { database, collection, bypassesValidation: false });
  });
}

/**
 * Within a database its own action is enough, where it opens no data that could not be read before. Otherwise the
 * collection is read here, written there and dropped.
 */
export const mayRename: PrivilegeRule = ({ body }, may) => {
  const from = named(body.get('renameCollection'));
  const to = named(body.get('to'));
  const isReplaced = isAsked(body.get('dropTarget'));
  const mayDropTarget = (): boolean => !isReplaced || may('dropCollection', to.resource);
  if (from.database === to.database && may('renameCollectionSameDB', databaseResource(from.database))) {
    if (may('find', from.resource) || !may('find', to.resource)) return mayDropTarget();
  }
  return (
    may('find', from.resource) &&
    may('dropCollection', from.resource) &&
    may('insert', to.resource) &&
    may('createIndex', to.resource) &&
    mayDropTarget()
  );
};

export const mayCloneAsCapped: PrivilegeRule = (request, may) => {
  const to = collectionResource(request.database, text(request.body.get('toCollection')));
  return may('find', target(request)) && may('insert', to) && may('createIndex', to) && may('convertToCapped', to);
};

/** The whole of a database's definitions, or of the server's. */
export const mayValidateMetadata: PrivilegeRule = ({ body }, may) => {
  const database = body.get('db');
  return may('validate', typeof database === 'string' ? databaseResource(database) : { kind: 'allCollections' });
};

/** dataSize names its collection together with the database; under which of its two names, the body alone decides. */
export const mayMeasure: PrivilegeRule = ({ body }, may) =>
  ['dataSize', 'datasize'].flatMap((name) => valuesOf(body, name)).every((full) => may('find', named(full).resource));

function named(value: Value | undefined): { readonly database: string; readonly resource: Resource } {
  const full = text(value);
  const dot = full.indexOf('.');
  const database = full.slice(0, Math.max(0, dot));
  return { database, resource: collectionResource(database, full.slice(dot + 1)) };
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function target(request: GateRequest): Resource {
  return collectionResource(request.database, collectionOf(request) ?? '');
}
