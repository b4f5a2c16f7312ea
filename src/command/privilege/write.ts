/** Rights of the commands that write documents: by what their statements do. */
import type { Action } from '../../auth/action.ts';
import { collectionResource, type Resource } from '../../auth/resource.ts';
import { toWholeNumber } from '../../bson/number.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { PrivilegeRule } from '../../session/command-policy.ts';
import { collectionOf } from '../../session/ladder.ts';
import type { GateRequest } from '../../session/live-operation.ts';
import { batchOf, isAsked } from './argument.ts';

export const mayInsert: PrivilegeRule = (request, may) => {
  return withBypass(request, ['insert']).every((action) => may(action, target(request)));
};

/** An upsert may insert. */
export const mayUpdate: PrivilegeRule = (request, may) => {
  const upserts = batchOf(request, 'updates').some((statement) => isAsked(statement.get('upsert')));
  const actions: readonly Action[] = upserts ? ['update', 'insert'] : ['update'];
  return withBypass(request, actions).every((action) => may(action, target(request)));
};

export const mayFindAndModify: PrivilegeRule = (request, may) => {
  const { body } = request;
  const actions: Action[] = ['find'];
  if (isAsked(body.get('remove'))) actions.push('remove');
  if (body.has('update')) actions.push('update');
  if (isAsked(body.get('upsert'))) actions.push('insert');
  return withBypass(request, actions).every((action) => may(action, target(request)));
};

/** Each collection by what the statements do to it. */
export const mayBulkWrite: PrivilegeRule = (request, may) => {
  const namespaces = batchOf(request, 'nsInfo').map((info) => info.get('ns'));
  const bypasses = isAsked(request.body.get('bypassDocumentValidation'));
  const asked = new Map<number, Set<Action>>();
  for (const statement of batchOf(request, 'ops')) {
    const [at, actions] = actionsOf(statement);
    const all = asked.get(at) ?? new Set();
    asked.set(at, all);
    for (const action of actions) all.add(action);
    if (bypasses && !all.has('remove')) all.add('bypassDocumentValidation');
  }
  for (const [at, actions] of asked) {
    const name = namespaces[at];
    if (typeof name !== 'string') continue;
    const dot = name.indexOf('.');
    const resource = collectionResource(name.slice(0, Math.max(0, dot)), name.slice(dot + 1));
    if (![...actions].every((action) => may(action, resource))) return false;
  }
  return true;
};

const statementActions: Readonly<Record<string, Action>> = { insert: 'insert', update: 'update', delete: 'remove' };

/** Which namespace a statement of a bulkWrite is for, and what it does there. */
function actionsOf(statement: BsonDocument): readonly [number, readonly Action[]] {
  const kind = statement.firstKey() ?? '';
  const index = statement.get(kind);
  const at = index !== undefined && isNumeric(index) ? Number(toWholeNumber(index)) : -1;
  const action = Object.hasOwn(statementActions, kind) ? statementActions[kind] : undefined;
  if (action === undefined) return [at, []];
  return [at, isAsked(statement.get('upsert')) ? [action, 'insert'] : [action]];
}

function withBypass({ body }: GateRequest, actions: readonly Action[]): readonly Action[] {
  return isAsked(body.get('bypassDocumentValidation')) ? [...actions, 'bypassDocumentValidation'] : actions;
}

function target(request: GateRequest): Resource {
  return collectionResource(request.database, collectionOf(request) ?? '');
}
