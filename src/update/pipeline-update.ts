import type { Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Update, UpdateContext } from './update.ts';

export function parsePipelineUpdate(_stages: readonly Value[], _context: UpdateContext): Update {
  throw new MongoError('NotImplemented', 'updates are being built');
}
