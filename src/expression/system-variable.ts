import type { Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParseContext } from './context.ts';
import { Constant, type Expression, type Scope } from './expression.ts';
import { FieldPath, SystemVariable, Variable } from './field-path.ts';

type Reader = (scope: Scope) => Value | undefined;

/** System variables whose value belongs to the run; not everywhere there is one. */
const runtimeVariables: Readonly<Record<string, Reader>> = {
  NOW: (scope) => scope.environment.now,
  CLUSTER_TIME: (scope) => {
    if (scope.environment.clusterTime === undefined) throw unavailable('CLUSTER_TIME');
    return scope.environment.clusterTime;
  },
  USER_ROLES: (scope) => scope.environment.userRoles ?? [],
};

function unavailable(name: string): MongoError {
  return new MongoError('Location51144', `Builtin variable '$$${name}' is not available`);
}

/** `$$name.path`, the name without its dollars. Throws 17276 where no such variable is known. */
export function parseVariable(name: string, path: readonly string[], context: ParseContext): Expression {
  if (name === 'ROOT') return fromRoot(path, context);
  if (name === 'CURRENT') {
    return context.currentSlot === undefined ? fromRoot(path, context) : new Variable(context.currentSlot, path);
  }
  if (name === 'REMOVE') return new Constant(undefined);
  if (Object.hasOwn(runtimeVariables, name)) {
    if (context.options.hasRuntimeVariables === false) throw unavailable(name);
    return new SystemVariable(runtimeVariables[name] as Reader, path);
  }
  return new Variable(context.requireSlot(name), path);
}

function fromRoot(path: readonly string[], context: ParseContext): Expression {
  if (path.length > 0) {
    context.dependencies.paths.add(path.join('.'));
    return new FieldPath(path);
  }
  context.dependencies.needsWholeDocument = true;
  return new SystemVariable((scope) => scope.root, path);
}
