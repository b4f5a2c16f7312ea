import { printDocument, printValue } from '../../bson/print.ts';
import { any, required, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { PipelineContext, Stage, StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { mapDocuments } from '../stream.ts';

const parseArgument = structure('$replaceRoot', { newRoot: required(any) });

/** Puts the value of an expression, which must be a document, in place of each document. */
export const $replaceRoot: StageDefinition = {
  ...anywhereAndInUpdate,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'Location40229',
        `expected an object as specification for $replaceRoot stage, got ${typeName(argument)}`,
      );
    }
    // null is an expression here, which strict structures would take for a missing field.
    const newRoot = argument.get('newRoot') === null && argument.size() === 1 ? null : parseArgument(argument).newRoot;
    return replacingRoot(newRoot, context, "'newRoot' expression ");
  },
};

/** The stage that puts an expression's document in place of each document; `what` names the expression in the error. */
export function replacingRoot(specification: Value, context: PipelineContext, what: string): Stage {
  const expression = parseExpression(specification, context.expressions);
  return {
    open: (input, scope) => {
      const own = scope.fork();
      return mapDocuments(input, own, (document) => {
        const root = expression.evaluate(own.on(document));
        if (root instanceof BsonDocument) return root;
        throw new MongoError(
          'Location40228',
          `${what} must evaluate to an object, but resulting value was: ${
            root === undefined ? 'MISSING' : printValue(root)
          }. Type of resulting value: '${root === undefined ? 'missing' : typeName(root)}'. Input document: ${printDocument(document)}`,
        );
      });
    },
  };
}
