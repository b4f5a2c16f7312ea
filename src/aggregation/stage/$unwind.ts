import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseFieldPath, parsePrefixedPath, valueInDocuments } from '../document-path.ts';
import { setPath } from '../set-path.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { flatten } from '../stream.ts';

interface UnwindArgument {
  readonly path: readonly string[];
  /** Where the position in the array goes. */
  readonly indexPath: readonly string[] | undefined;
  /** Whether a document without elements comes through. */
  readonly keepsEmpty: boolean;
}

/** One document for each element of an array. */
export const $unwind: StageDefinition = {
  ...anywhere,
  parse(argument) {
    const unwind = parseArgument(argument);
    return { open: (input, scope) => flatten(input, scope, (document) => unwound(document, unwind)) };
  },
};

function parseArgument(argument: Value): UnwindArgument {
  if (typeof argument === 'string') return { path: requirePath(argument), indexPath: undefined, keepsEmpty: false };
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location15981',
      `expected either a string or an object as specification for $unwind stage, got ${typeName(argument)}`,
    );
  }
  let path = '';
  let indexPath: string | undefined;
  let keepsEmpty = false;
  for (const [name, value] of argument.entries()) {
    if (name === 'path') {
      if (typeof value !== 'string') {
        throw new MongoError(
          'Location28808',
          `expected a string as the path for $unwind stage, got ${typeName(value)}`,
        );
      }
      path = value;
    } else if (name === 'preserveNullAndEmptyArrays') {
      if (typeof value !== 'boolean') {
        throw new MongoError(
          'Location28809',
          `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(value)}`,
        );
      }
      keepsEmpty = value;
    } else if (name === 'includeArrayIndex') {
      indexPath = requireIndexPath(value);
    } else {
      throw new MongoError('Location28811', `unrecognized option to $unwind stage: ${printValue(name)}`);
    }
  }
  return {
    path: requirePath(path),
    indexPath: indexPath === undefined ? undefined : parseFieldPath(indexPath),
    keepsEmpty,
  };
}

function requireIndexPath(value: Value): string {
  if (typeof value !== 'string' || value === '') {
    throw new MongoError(
      'Location28810',
      `expected a non-empty string for the includeArrayIndex option to $unwind stage, got ${typeName(value)}`,
    );
  }
  if (value.startsWith('$')) {
    throw new MongoError(
      'Location28822',
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${value}`,
    );
  }
  return value;
}

function requirePath(path: string): readonly string[] {
  if (path === '') throw new MongoError('Location28812', 'no path specified to $unwind stage');
  if (!path.startsWith('$')) {
    throw new MongoError('Location28818', `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  return parsePrefixedPath(path);
}

function* unwound(document: BsonDocument, unwind: UnwindArgument): Iterable<BsonDocument> {
  const value = valueInDocuments(document, unwind.path);
  const withIndex = (made: BsonDocument, index: bigint | null): BsonDocument =>
    unwind.indexPath === undefined ? made : setPath(made, unwind.indexPath, index);
  if (!Array.isArray(value)) {
    if (!isNullish(value) || unwind.keepsEmpty) yield withIndex(document, null);
    return;
  }
  if (value.length === 0) {
    if (unwind.keepsEmpty) yield withIndex(setPath(document, unwind.path, undefined), null);
    return;
  }
  for (const [index, element] of value.entries()) {
    yield withIndex(setPath(document, unwind.path, element as Value), BigInt(index));
  }
}
