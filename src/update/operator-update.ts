import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Update, UpdateContext } from './update.ts';

export function parseOperatorUpdate(_specification: BsonDocument, _context: UpdateContext): Update {
  throw new MongoError('NotImplemented', 'updates are being built');
}
