import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Collation } from '../../query/collation.ts';
import { EncodedValue } from '../encoded-value.ts';
import { type Modifier, type ModifierRun, operator, unchanged } from '../modifier.ts';
import { printId } from '../print-element.ts';
import { type PushClauses, parseSortClause, parseWhole } from '../push-modifier.ts';
import type { UpdatePath } from '../update-path.ts';

/** What it counts to compare two elements. */
const stepsToCompare = 8;
/** So many are sorted in no time. */
const fewElements = 64;

class PushModifier implements Modifier {
  readonly appends: boolean;
  readonly #clauses: PushClauses;
  readonly #field: string;

  constructor(clauses: PushClauses, path: UpdatePath) {
    this.#clauses = clauses;
    this.appends = clauses.position === undefined && clauses.slice === undefined && clauses.compare === undefined;
    this.#field = path.text.slice(path.text.lastIndexOf('.') + 1);
  }

  change(current: EncodedValue, run: ModifierRun): EncodedValue | typeof unchanged {
    if (!current.isArray) {
      const problem = `must be an array but is of type ${typeName(current.decode())} in document ${printId(run.bytes)}`;
      throw new MongoError('BadValue', `The field '${this.#field}' ${problem}`);
    }
    const { values, position, slice, compare } = this.#clauses;
    if (position === undefined && slice === undefined && compare === undefined) {
      return values.length === 0 ? unchanged : current.append(values);
    }
    const result = EncodedValue.ofElements(this.#arrange(current.elements(), run));
    return result.isIdentical(current) ? unchanged : result;
  }

  create(run: ModifierRun): EncodedValue {
    return EncodedValue.ofElements(this.#arrange([], run));
  }

  toleratesBlockedPath(): boolean {
    return false;
  }

  /** Inserts, then sorts, then cuts, whatever the order in which the clauses were written. */
  #arrange(elements: EncodedValue[], { run }: ModifierRun): EncodedValue[] {
    const { values, position, slice, compare } = this.#clauses;
    const at = position === undefined ? elements.length : position < 0 ? elements.length + position : position;
    const index = Math.min(Math.max(at, 0), elements.length);
    let result = [...elements.slice(0, index), ...values, ...elements.slice(index)];
    if (compare !== undefined) {
      const scope = result.length > fewElements ? run.scope : undefined;
      result.sort((left, right) => {
        scope?.step(stepsToCompare);
        return compare(left, right);
      });
    }
    if (slice !== undefined) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
    return result;
  }
}

function parse(argument: EncodedValue, collation: Collation | undefined): PushClauses {
  const document = argument.decode();
  if (!(document instanceof BsonDocument) || !document.has('$each')) {
    return { values: [argument], position: undefined, slice: undefined, compare: undefined };
  }
  const each = EncodedValue.of(document.get('$each') as Value);
  if (!each.isArray) {
    const problem = `must be an array but it was of type: ${typeName(each.decode())}`;
    throw new MongoError('BadValue', `The argument to $each in $push ${problem}`);
  }
  for (const name of document.keys()) {
    if (!clauseNames.has(name)) throw new MongoError('BadValue', `Unrecognized clause in $push: ${name}`);
  }
  const position = document.get('$position');
  const slice = document.get('$slice');
  const sort = document.get('$sort');
  return {
    values: each.elements(),
    slice: slice === undefined ? undefined : parseWhole(slice, '$slice'),
    compare: sort === undefined ? undefined : parseSortClause(sort, collation),
    position: position === undefined ? undefined : parseWhole(position, '$position'),
  };
}

const clauseNames: ReadonlySet<string> = new Set(['$each', '$position', '$slice', '$sort']);

export const push = operator(
  '$push',
  (argument, path, { collation }) => new PushModifier(parse(argument, collation), path),
);
