import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { GeometryProblem } from '../geo/parse-geometry.ts';
import { regions } from '../geo/region.ts';
import { ShapeTest } from '../geo/shape-test.ts';
import { type FieldOperator, testing } from '../operator.ts';

/** Shapes that lie wholly within a region; `$within` is its old name. */
export const $geoWithin: FieldOperator = ({ name: operator, operand, siblings }) => {
  if (siblings.size() > 1) throw new MongoError('BadValue', `${operator} must stand alone: ${printValue(siblings)}`);
  if (!(operand instanceof BsonDocument)) throw new MongoError('BadValue', 'geometry must be an object');
  const name = operand.firstKey();
  const parse = name !== undefined && Object.hasOwn(regions, name) ? regions[name] : undefined;
  if (name === undefined || parse === undefined || operand.size() > 1) {
    throw new MongoError('BadValue', `geo query doesn't have any geometry: ${printValue(operand)}`);
  }
  try {
    return testing(new ShapeTest('$geoWithin', operand, parse(operand.get(name) as Value)));
  } catch (problem) {
    if (problem instanceof GeometryProblem) throw new MongoError('BadValue', problem.message);
    throw problem;
  }
};
