import { MongoError } from '../error/mongo-error.ts';

/** One part of a path: a field or array index, the positional `$`, or `$[identifier]` (`$[]` has an empty identifier). */
export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'positional' }
  | { readonly kind: 'elements'; readonly identifier: string };

export interface UpdatePath {
  /** As it was written. */
  readonly text: string;
  readonly steps: readonly PathStep[];
}

/** Far more than the levels that a stored document may have, far fewer than the stack has room for. */
const longestPath = 1000;

/** Reads the path of an update operator; throws Overflow for one of too many parts, EmptyFieldName and, for positional parts that cannot stand there, BadValue. */
export function parseUpdatePath(text: string): UpdatePath {
  const steps = text.includes('.') ? text.split('.').map((part) => parseStep(part, text)) : [parseStep(text, text)];
  if (steps.length > longestPath) throw new MongoError('Overflow', 'FieldPath is too long');
  const first = steps[0];
  if (first !== undefined && first.kind !== 'field') {
    const what =
      first.kind === 'positional'
        ? "positional (i.e. '$') element"
        : "array filter identifier (i.e. '$[<id>]') element";
    throw new MongoError('BadValue', `Cannot have ${what} in the first position in path '${text}'`);
  }
  if (steps.length > 2 && steps.filter((step) => step.kind === 'positional').length > 1) {
    throw new MongoError('BadValue', `Too many positional (i.e. '$') elements found in path '${text}'`);
  }
  return { text, steps };
}

function parseStep(part: string, text: string): PathStep {
  if (part === '') {
    throw new MongoError(
      'EmptyFieldName',
      `The update path '${text}' contains an empty field name, which is not allowed.`,
    );
  }
  if (part === '$') return { kind: 'positional' };
  if (part.startsWith('$[') && part.endsWith(']')) return { kind: 'elements', identifier: part.slice(2, -1) };
  return { kind: 'field', name: part };
}

const arrayIndex = /^(?:0|[1-9]\d{0,9})$/;

/** The array index that a part stands for, or -1. */
export function indexOfPart(part: string): number {
  return arrayIndex.test(part) ? Number(part) : -1;
}
