import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonDocument } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Collation } from '../../query/collation.ts';
import { EncodedValue } from '../encoded-value.ts';
import { type Modifier, type ModifierRun, operator, unchanged } from '../modifier.ts';
import type { UpdatePath } from '../update-path.ts';

/** What it counts to make a key of one element. */
const stepsToKey = 4;
/** So many are gone through in no time. */
const fewElements = 64;

class AddToSet implements Modifier {
  readonly appends = true;
  /** What is to be added, by ordered key: equal values have equal keys. */
  readonly #values = new Map<string, EncodedValue>();
  readonly #field: string;
  readonly #collation: Collation | undefined;

  constructor(values: readonly EncodedValue[], path: UpdatePath, collation: Collation | undefined) {
    this.#field = path.text.slice(path.text.lastIndexOf('.') + 1);
    this.#collation = collation;
    for (const value of values) {
      const key = this.#key(value);
      if (!this.#values.has(key)) this.#values.set(key, value);
    }
  }

  #key(value: EncodedValue): string {
    return encodeKeyPart(value.decode(), false, this.#collation);
  }

  change(current: EncodedValue, { run }: ModifierRun): EncodedValue | typeof unchanged {
    if (!current.isArray) {
      const problem = `Field named '${this.#field}' has non-array type ${typeName(current.decode())}`;
      throw new MongoError('BadValue', `Cannot apply $addToSet to non-array field. ${problem}`);
    }
    const added = new Map(this.#values);
    const elements = current.elements();
    const scope = elements.length > fewElements ? run.scope : undefined;
    for (const element of elements) {
      if (added.size === 0) return unchanged;
      scope?.step(stepsToKey);
      added.delete(this.#key(element));
    }
    return added.size === 0 ? unchanged : current.append([...added.values()]);
  }

  create(): EncodedValue {
    return EncodedValue.ofElements([...this.#values.values()]);
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}

/** The values to add: those of `{ $each: [ … ] }`, else the argument itself. */
function valuesOf(argument: EncodedValue): readonly EncodedValue[] {
  const document = argument.decode();
  if (!(document instanceof BsonDocument) || document.firstKey() !== '$each') return [argument];
  const each = EncodedValue.of(document.get('$each') ?? null);
  if (!each.isArray) {
    const problem = `must be an array but it was of type ${typeName(each.decode())}`;
    throw new MongoError('TypeMismatch', `The argument to $each in $addToSet ${problem}`);
  }
  if (document.size() > 1) {
    const problem = `Found unexpected fields after $each in $addToSet: ${printDocument(document)}`;
    throw new MongoError('BadValue', problem);
  }
  return each.elements();
}

export const addToSet = operator(
  '$addToSet',
  (argument, path, { collation }) => new AddToSet(valuesOf(argument), path, collation),
);
