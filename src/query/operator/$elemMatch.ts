import { readInt32, skipValue, valueOffset } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { meetsAll } from '../condition.ts';
import { explainNode, type FilterNode } from '../filter-node.ts';
import { isReference } from '../membership-test.ts';
import { type Condition, type FieldOperator, testing } from '../operator.ts';
import type { MatchRun, ValueTest } from '../value-test.ts';

/** What an element must be like: a document that matches a filter, or a value that meets conditions. */
export type ElementFilter =
  | { readonly kind: 'document'; readonly node: FilterNode }
  | { readonly kind: 'value'; readonly conditions: readonly Condition[] };

/** An array of which one element is as asked. The element's index is the position for `$`. */
export class ElemMatchTest implements ValueTest {
  readonly operator = '$elemMatch';
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = true;
  readonly element: ElementFilter;

  constructor(operand: BsonDocument, element: ElementFilter) {
    this.operand = element.kind === 'document' ? explainNode(element.node) : operand;
    this.element = element;
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    if (type !== BsonType.array) return false;
    const end = at + readInt32(bytes, at) - 1;
    for (let element = at + 4, index = 0; element < end; index++) {
      const elementType = bytes[element] as number;
      const value = valueOffset(bytes, element);
      if (this.#isAsked(bytes, elementType, value, run)) {
        run.position = index;
        return true;
      }
      element = skipValue(bytes, elementType, value);
    }
    return false;
  }

  #isAsked(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    if (this.element.kind === 'value') return meetsAll(this.element.conditions, bytes, type, at, run);
    // An array inside the array is looked at as a document whose fields are its positions.
    const isDocument = type === BsonType.object || type === BsonType.array;
    return isDocument && this.element.node.matches(bytes, at, run);
  }
}

export const $elemMatch: FieldOperator = ({ operand, path, parsing }) => {
  if (!(operand instanceof BsonDocument)) throw new MongoError('BadValue', '$elemMatch needs an Object');
  if (meansValues(operand)) {
    const conditions = parsing.parseConditions(path, operand, parsing);
    return testing(new ElemMatchTest(operand, { kind: 'value', conditions }));
  }
  const node = parsing.parseDocument(operand, { ...parsing, isTopLevel: false });
  return testing(new ElemMatchTest(operand, { kind: 'document', node }));
};

const treeOperators = new Set([
  '$and',
  '$or',
  '$nor',
  '$where',
  '$expr',
  '$text',
  '$comment',
  '$jsonSchema',
  '$sampleRate',
]);

/** Whether the operand is made of operators for the elements themselves. */
function meansValues(operand: BsonDocument): boolean {
  const first = operand.firstKey();
  return first?.startsWith('$') === true && !treeOperators.has(first) && !isReference(operand);
}
