import { printValue } from '../../bson/print.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { GeometryProblem, parseShape } from '../geo/parse-geometry.ts';
import type { Region } from '../geo/region.ts';
import { doIntersect } from '../geo/relation.ts';
import { ShapeTest } from '../geo/shape-test.ts';
import { type FieldOperator, testing } from '../operator.ts';

/** Shapes that have a point in common with this one. */
export const $geoIntersects: FieldOperator = ({ name: operator, operand, siblings }) => {
  if (siblings.size() > 1) throw new MongoError('BadValue', `${operator} must stand alone: ${printValue(siblings)}`);
  if (!(operand instanceof BsonDocument)) throw new MongoError('BadValue', 'geometry must be an object');
  const specification = operand.get('$geometry');
  const isShape = specification instanceof BsonDocument || Array.isArray(specification);
  if (operand.size() !== 1 || !isShape) {
    throw new MongoError('BadValue', `geo query doesn't have any geometry: ${printValue(operand)}`);
  }
  try {
    const shape = parseShape(specification);
    const holds: Region = ({ geometry }, counter) => geometry !== undefined && doIntersect(geometry, shape, counter);
    return testing(new ShapeTest('$geoIntersects', operand, holds));
  } catch (problem) {
    if (problem instanceof GeometryProblem) throw new MongoError('BadValue', problem.message);
    throw problem;
  }
};
