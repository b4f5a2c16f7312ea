/** A $near has one place in a filter, at its top, and makes the filter an order. */
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { FieldNode } from '../field-node.ts';
import type { FilterNode } from '../filter-node.ts';
import { ElemMatchTest } from '../operator/$elemMatch.ts';
import type { Condition, FilterPlace } from '../operator.ts';
import { MatchRun, type ValueTest } from '../value-test.ts';
import { NearTest } from './near.ts';

/** Measures all values that the path leads to, and says no to each so that it sees the next. */
class NearestDistance implements ValueTest {
  readonly operator: string;
  readonly operand: ValueTest['operand'];
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly #near: NearTest;
  nearest = Number.POSITIVE_INFINITY;

  constructor(near: NearTest) {
    this.#near = near;
    this.operator = near.operator;
    this.operand = near.operand;
  }

  test(bytes: Buffer, type: number, at: number, run: MatchRun): boolean {
    const distance = this.#near.matchingDistance(bytes, type, at, run);
    this.nearest = Math.min(this.nearest, distance ?? Number.POSITIVE_INFINITY);
    return false;
  }
}

/** The path of a $near, and the order of its query: the nearest first. */
export class NearField {
  readonly path: string;
  readonly test: NearTest;
  readonly #distance: NearestDistance;
  readonly #node: FieldNode;

  constructor(path: string, test: NearTest) {
    this.path = path;
    this.test = test;
    this.#distance = new NearestDistance(test);
    this.#node = new FieldNode(path, this.#distance);
  }

  /** A string that orders like the distances. */
  keyOf(document: BsonDocument): string {
    this.#distance.nearest = Number.POSITIVE_INFINITY;
    this.#node.matches(encodeDocument(document), 0, new MatchRun());
    return encodeKeyPart(this.#distance.nearest);
  }
}

/**
 * The $near of a filter. Throws BadValue for one that stands anywhere but at the top or in a conjunction there, and for a
 * second one; 5626500 where nothing is put in order: in $match and in the filters of updates.
 */
export function findNear(node: FilterNode, place: FilterPlace): NearField | undefined {
  const fields = (node.kind === 'and' ? node.children : [node]).filter(isNear);
  const all = countNear(node);
  if (all === 0) return undefined;
  if (place === 'match' || place === 'arrayFilter' || place === 'update') {
    throw new MongoError(
      'Location5626500',
      '$geoNear, $near, and $nearSphere are not allowed in this context, as these operators require sorting geospatial data.',
    );
  }
  const [field] = fields;
  if (field === undefined || fields.length < all) throw new MongoError('BadValue', 'geo $near must be top-level expr');
  if (all > 1) throw new MongoError('BadValue', 'Too many geoNear expressions');
  return new NearField(field.path, field.test as NearTest);
}

function isNear(node: FilterNode): node is FieldNode {
  return node.kind === 'field' && node.test instanceof NearTest;
}

function countNear(node: FilterNode): number {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'nor':
      return node.children.reduce((sum, child) => sum + countNear(child), 0);
    case 'not':
      return countNear(node.child);
    case 'field':
      return countInTest(node.test);
    default:
      return 0;
  }
}

function countInTest(test: ValueTest): number {
  if (test instanceof NearTest) return 1;
  if (!(test instanceof ElemMatchTest)) return 0;
  if (test.element.kind === 'document') return countNear(test.element.node);
  return test.element.conditions.reduce((sum, condition) => sum + countInCondition(condition), 0);
}

function countInCondition(condition: Condition): number {
  switch (condition.kind) {
    case 'test':
      return countInTest(condition.test);
    case 'never':
      return 0;
    default:
      return condition.conditions.reduce((sum, inner) => sum + countInCondition(inner), 0);
  }
}
