import { document } from '../bson/literal.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { any, object, optional, optionalNotNull, required, string } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { Collation } from '../query/collation.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { snapshotRead } from './policy.ts';
import { hint } from './read/hint.ts';
import { openQuery, planOf, prepareQuery, queryRun } from './read/query.ts';
import { runAggregation } from './read/run-aggregation.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('distinct', {
  distinct: required(any),
  key: required(string),
  query: optional(object),
  collation: optional(object),
  hint: optionalNotNull(hint),
  rawData: optional(any),
});

const recordBatch = 500;

/** distinct: the different values of a field (manual, "distinct"). */
export const distinct: Command = {
  ...snapshotRead,
  name: 'distinct',
  help: 'different values of a field',
  inStableApi: false,
  async run(operation, request, services) {
    const name = targetNamespace(request);
    const { key, query: filter, collation, hint: index } = parse(request.body);
    if (key.includes('\0')) throw new MongoError('Location31032', 'Key field cannot contain an embedded null byte');
    if (services.catalog.find(undefined, name.database, name.collection)?.kind === 'view') {
      const reply = await runAggregation(
        services,
        operation,
        request.body,
        {
          collection: name.collection,
          pipeline: [document({ $match: filter ?? BsonDocument.empty })],
          collation,
          hint: index,
          let: undefined,
          bypassDocumentValidation: false,
          isExplain: false,
        },
        Number.POSITIVE_INFINITY,
      );
      const values = new DistinctValues(key, undefined);
      for (const found of (reply.cursor as { readonly firstBatch: readonly BsonDocument[] }).firstBatch)
        values.take(found);
      return { values: values.all };
    }
    return whileShared(services, operation, name, () =>
      operation.read(async (transaction): Promise<Reply> => {
        const collection = findCollection(services.catalog, transaction, name);
        const query = prepareQuery(services, operation, collection?.collation, {
          filter,
          hint: index,
          collation,
          distinctPath: key,
        });
        const values = new DistinctValues(key, query.collation);
        const { atClusterTime } = operation;
        if (collection === undefined) return { values: [], atClusterTime };
        const records = openQuery(services, query, collection, planOf(query, collection));
        const run = queryRun(services, operation, transaction);
        for (let batch = await records.next(run, recordBatch); batch !== undefined; ) {
          for (const { bytes } of batch) values.take(BsonDocument.fromBytes(bytes));
          batch = await records.next(run, recordBatch);
        }
        return { values: values.all, atClusterTime };
      }),
    );
  },
};

/** The values that were met at a path, each once; arrays give their elements. */
class DistinctValues {
  readonly #path: readonly string[];
  readonly #collation: Collation | undefined;
  readonly #byKey = new Map<string, Value>();
  #sizeBytes = 0;

  constructor(path: string, collation: Collation | undefined) {
    this.#path = path.split('.');
    this.#collation = collation;
  }

  /** In MongoDB's order. */
  get all(): Value[] {
    return [...this.#byKey]
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([, value]) => value);
  }

  take(document: BsonDocument): void {
    this.#walk(document, 0);
  }

  #walk(value: Value, depth: number): void {
    const name = this.#path[depth];
    if (name === undefined) {
      if (Array.isArray(value)) for (const element of value) this.#add(element);
      else this.#add(value);
      return;
    }
    if (value instanceof BsonDocument) {
      const inner = value.get(name);
      if (inner !== undefined) this.#walk(inner, depth + 1);
    } else if (Array.isArray(value)) {
      if (/^\d+$/.test(name)) {
        const element: Value | undefined = value[Number(name)];
        if (element !== undefined) this.#walk(element, depth + 1);
      }
      for (const element of value) if (element instanceof BsonDocument) this.#walk(element, depth);
    }
  }

  #add(value: Value): void {
    const key = encodeKeyPart(value, false, this.#collation);
    if (this.#byKey.has(key)) return;
    this.#byKey.set(key, value);
    this.#sizeBytes += encodeDocument(document({ v: value })).length;
    if (this.#sizeBytes > limits.documentSizeBytes) throw new MongoError('Location17217', 'distinct too big, 16mb cap');
  }
}
