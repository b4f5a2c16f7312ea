import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { eachDocument } from '../stream.ts';

const verdicts = ['descend', 'keep', 'prune'] as const;

/** Decides level by level what of a document is shown: `$$KEEP` all, `$$PRUNE` nothing, `$$DESCEND` ask again below. */
export const $redact: StageDefinition = {
  ...anywhere,
  inChangeStream: true,
  parse(argument, context) {
    const { context: inner, slots } = context.expressions.bind(['CURRENT', 'DESCEND', 'KEEP', 'PRUNE']);
    const expression = parseExpression(argument, inner);
    const [current, ...verdictSlots] = slots as [number, number, number, number];
    return {
      open: (input, scope) => {
        const own = scope.fork();
        for (const [index, verdict] of verdicts.entries()) own.slots[verdictSlots[index] as number] = verdict;
        return eachDocument(input, own, (document) => redact(document, expression, own.on(document), current));
      },
    };
  },
};

function redact(document: BsonDocument, expression: Expression, scope: Scope, slot: number): BsonDocument | undefined {
  scope.slots[slot] = document;
  const verdict = expression.evaluate(scope);
  if (verdict === 'keep') return document;
  if (verdict === 'prune') return undefined;
  if (verdict !== 'descend') {
    throw new MongoError(
      'Location17053',
      `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${printValue(verdict)}`,
    );
  }
  const fields = new Map<string, Value>();
  for (const [name, value] of document.entries()) {
    const shown = redactValue(value, expression, scope, slot);
    if (shown !== undefined) fields.set(name, shown);
  }
  return BsonDocument.fromFields(fields);
}

function redactValue(value: Value, expression: Expression, scope: Scope, slot: number): Value | undefined {
  if (value instanceof BsonDocument) return redact(value, expression, scope, slot);
  if (!Array.isArray(value)) return value;
  const elements: Value[] = [];
  for (const element of value) {
    const shown = redactValue(element, expression, scope, slot);
    if (shown !== undefined) elements.push(shown);
  }
  return elements;
}
