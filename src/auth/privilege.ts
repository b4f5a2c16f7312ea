/** A privilege: what may be done on what. Roles hold lists of them; what a user may do is the sum of all lists. */
import { document } from '../bson/literal.ts';
import { arrayOf, object, required, string, structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { type Action, isAction } from './action.ts';
import {
  coveringKeys,
  describePattern,
  parsePattern,
  patternKey,
  type Resource,
  type ResourcePattern,
} from './resource.ts';

export interface Privilege {
  readonly resource: ResourcePattern;
  readonly actions: readonly Action[];
}

const parseFields = structure('privilege', { resource: required(object), actions: required(arrayOf(string)) });

/** Reads `{resource, actions}`. Throws FailedToParse for what is no resource or an unknown action. */
export function parsePrivilege(given: BsonDocument): Privilege {
  const { resource, actions } = parseFields(given);
  if (actions.length === 0) throw new MongoError('FailedToParse', 'A privilege must name at least one action');
  return { resource: parsePattern(resource), actions: actions.map(requireAction) };
}

function requireAction(name: string): Action {
  if (isAction(name)) return name;
  throw new MongoError('FailedToParse', `Unrecognized action privilege string: ${name}`);
}

/** The privilege as roles show and keep it. */
export function describePrivilege({ resource, actions }: Privilege): BsonDocument {
  return document({ resource: describePattern(resource), actions: [...actions] });
}

interface Granted {
  readonly resource: ResourcePattern;
  readonly actions: Set<Action>;
}

/** The sum of privileges: one entry per resource pattern. */
export class PrivilegeSet {
  readonly #byPattern = new Map<string, Granted>();

  constructor(privileges: Iterable<Privilege> = []) {
    for (const privilege of privileges) this.add(privilege);
  }

  add({ resource, actions }: Privilege): void {
    const key = patternKey(resource);
    const granted = this.#byPattern.get(key);
    if (granted === undefined) this.#byPattern.set(key, { resource, actions: new Set(actions) });
    else for (const action of actions) granted.actions.add(action);
  }

  /** Takes actions away from exactly this pattern; others that cover the same resource keep theirs. */
  remove({ resource, actions }: Privilege): void {
    const key = patternKey(resource);
    const granted = this.#byPattern.get(key);
    if (granted === undefined) return;
    for (const action of actions) granted.actions.delete(action);
    if (granted.actions.size === 0) this.#byPattern.delete(key);
  }

  /** What may be done on a resource, by whatever patterns cover it. */
  actionsOn(resource: Resource): ReadonlySet<Action> {
    const found = new Set<Action>();
    for (const key of coveringKeys(resource)) {
      for (const action of this.#byPattern.get(key)?.actions ?? []) found.add(action);
    }
    return found;
  }

  /** The patterns on which anything is granted. */
  patterns(): ResourcePattern[] {
    return [...this.#byPattern.values()].map(({ resource }) => resource);
  }

  /** One privilege per pattern, its actions by name. */
  list(): Privilege[] {
    return [...this.#byPattern.values()].map(({ resource, actions }) => ({ resource, actions: [...actions].sort() }));
  }
}
