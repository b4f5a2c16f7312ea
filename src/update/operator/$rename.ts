import { encodeName, findField } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { EncodedValue } from '../encoded-value.ts';
import { type Modifier, type ModifierRun, removed, type UpdateOperator, unchanged } from '../modifier.ts';
import { printElement, printId } from '../print-element.ts';
import { parseUpdatePath, type UpdatePath } from '../update-path.ts';

type Role = 'source' | 'destination';

/** The value at a path through documents; undefined where there is none. Throws BadValue where the path enters an array. */
function findValue(path: UpdatePath, role: Role, run: ModifierRun): EncodedValue | undefined {
  let document = 0;
  let value: EncodedValue | undefined;
  for (const step of path.steps) {
    if (value !== undefined) {
      if (value.isArray) throw throughArray(path, role, run);
      if (value.type !== BsonType.object) return undefined;
      document = value.start;
    }
    const name = step.kind === 'field' ? step.name : '';
    const element = findField(run.bytes, document, encodeName(name));
    if (element < 0) return undefined;
    value = EncodedValue.ofElement(run.bytes, element);
  }
  return value;
}

function throughArray(path: UpdatePath, role: Role, run: ModifierRun): MongoError {
  const problem = `'${path.text}' in doc with ${printId(run.bytes).slice(1, -1)}`;
  return new MongoError(
    'BadValue',
    `The ${role} field cannot be an array element, ${problem} has an array field on its way`,
  );
}

/** At the destination: takes the source's value. */
class TakeValue implements Modifier {
  readonly #source: UpdatePath;
  readonly #destination: UpdatePath;

  constructor(source: UpdatePath, destination: UpdatePath) {
    this.#source = source;
    this.#destination = destination;
  }

  change(current: EncodedValue, run: ModifierRun): EncodedValue | typeof unchanged {
    const value = this.create(run);
    return value === undefined || value.isIdentical(current) ? unchanged : value;
  }

  create(run: ModifierRun): EncodedValue | undefined {
    const value = findValue(this.#source, 'source', run);
    if (value !== undefined) findValue(this.#destination, 'destination', run);
    return value;
  }

  toleratesBlockedPath(run: ModifierRun): boolean {
    return this.create(run) === undefined;
  }
}

/** At the source: gives the value up. */
const giveUp: Modifier = {
  change: () => removed,
  create: () => undefined,
  toleratesBlockedPath: () => true,
};

function requireStatic(path: UpdatePath, role: Role): void {
  if (path.steps.every((step) => step.kind === 'field')) return;
  throw new MongoError('BadValue', `The ${role} field for $rename may not be dynamic: ${path.text}`);
}

export const rename: UpdateOperator = {
  name: '$rename',
  plan(source, argument) {
    const to = argument.decode();
    const field = printElement(source.text, to);
    if (typeof to !== 'string')
      throw new MongoError('BadValue', `The 'to' field for $rename must be a string: ${field}`);
    if (to.includes('\0'))
      throw new MongoError('BadValue', `The 'to' field for $rename cannot contain an embedded null byte: ${field}`);
    requireStatic(source, 'source');
    const destination = parseUpdatePath(to);
    requireStatic(destination, 'destination');
    if (to === source.text) {
      throw new MongoError('BadValue', `The source and target field for $rename must differ: ${field}`);
    }
    if (to.startsWith(`${source.text}.`) || source.text.startsWith(`${to}.`)) {
      throw new MongoError(
        'BadValue',
        `The source and target field for $rename must not be on the same path: ${field}`,
      );
    }
    return [
      { path: destination, modifier: new TakeValue(source, destination) },
      { path: source, modifier: giveUp },
    ];
  },
};
