import { encodeKeyPart } from '../../bson/ordered-key.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Scope } from '../../expression/expression.ts';
import type { Sort } from '../../query/sort.ts';
import { StageMemory } from '../memory.ts';
import { parseStageSort } from '../sort-specification.ts';
import type { DocumentSource } from '../source.ts';
import type { Stage, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking, eachDocument, stepsOf } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';

/** Puts documents in order. */
export const $sort: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    const { sort, isRandom } = parseStageSort(argument, context);
    if (!isRandom) return sorting(sort);
    const { randomness } = context.options;
    const keyOf = (document: BsonDocument) => sort.keyOf(document) + encodeKeyPart(randomness.fraction());
    return { open: (input, scope) => sorted(input, scope, keyOf) };
  },
};

/** The stage that sorts. */
export function sorting(sort: Sort): Stage {
  const keyOf = (document: BsonDocument) => sort.keyOf(document);
  return {
    leading: { kind: 'sort', sort },
    open: (input, scope) => sorted(input, scope, keyOf),
    openLimited: (input, scope, limit) => sorted(input, scope, keyOf, limit),
  };
}

interface Entry {
  readonly key: string;
  readonly document: BsonDocument;
}

/** Documents in order of their keys, equal keys as they came; the first `limit` of them. */
export function sorted(
  input: DocumentSource,
  scope: Scope,
  keyOf: (document: BsonDocument) => string,
  limit = Number.POSITIVE_INFINITY,
): DocumentSource {
  const memory = new StageMemory('$sort');
  let entries: Entry[] = [];
  const order = (): void => {
    entries.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  };
  const taken = eachDocument(input, scope, (document, execution) => {
    scope.step(stepsOf(document));
    const key = keyOf(document);
    entries.push({ key, document });
    memory.add(documentSizeBytes(document) + key.length, execution);
    return undefined;
  });
  return blocking(
    taken,
    (_, execution) => {
      if (entries.length < limit * 2 + 1000) return;
      order();
      for (const { key, document } of entries.splice(limit)) {
        memory.add(-documentSizeBytes(document) - key.length, execution);
      }
    },
    () => {
      order();
      const result = entries.slice(0, limit).map(({ document }) => document);
      entries = [];
      return result;
    },
  );
}
