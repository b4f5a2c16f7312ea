import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { filterSubject, plainTarget } from './read/index-filter-arguments.ts';
import { shapeHash } from './read/query-shape.ts';

/** planCacheSetFilter: for queries of one shape, the only indexes that may be used (manual, "planCacheSetFilter"). */
export const planCacheSetFilter: Command = {
  ...diagnostic,
  name: 'planCacheSetFilter',
  help: 'bind queries of one shape to some indexes',
  privilege: { action: 'planCacheIndexFilter', resource: 'collection' },
  run(operation, request, services) {
    const { name, collection } = plainTarget(services, request);
    if (collection === undefined) throw new MongoError('BadValue', `no such collection: ${name.full}`);
    const subject = filterSubject(services, operation, collection, request.body);
    if (subject === undefined) throw new MongoError('BadValue', 'required field query missing');
    const indexes = parseIndexes(request.body.get('indexes'));
    const { prepared, query, sort, projection, collation } = subject;
    services.indexFilters.set(name.full, { shape: shapeHash(prepared), query, sort, projection, collation, indexes });
    return {};
  },
};

function parseIndexes(value: Value | undefined): readonly (string | BsonDocument)[] {
  if (value === undefined) throw new MongoError('BadValue', 'required field indexes missing');
  if (!Array.isArray(value)) throw new MongoError('BadValue', 'required field indexes must be an array');
  if (value.length === 0) throw new MongoError('BadValue', 'required field indexes must contain at least one index');
  return value.map((element) => {
    if (typeof element === 'string') return element;
    if (!(element instanceof BsonDocument)) {
      throw new MongoError('BadValue', 'each item in indexes must be an object or string');
    }
    if (element.isEmpty()) throw new MongoError('BadValue', 'index specification cannot be empty');
    return element;
  });
}
