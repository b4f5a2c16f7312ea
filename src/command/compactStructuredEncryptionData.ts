import { any, object, optional, required } from '../bson/structure.ts';
import { BsonDocument } from '../bson/value.ts';
import { findCollection } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('compactStructuredEncryptionData', {
  compactStructuredEncryptionData: required(any),
  compactionTokens: required(object),
  encryptionInformation: optional(object),
  anchorPaddingTokens: optional(object),
});

/**
 * compactStructuredEncryptionData: makes the metadata of an encrypted collection smaller (manual, "Compact Metadata"). This
 * server keeps no such metadata: what the command asks for is checked, and then it is refused.
 */
export const compactStructuredEncryptionData: Command = {
  ...diagnostic,
  name: 'compactStructuredEncryptionData',
  help: 'compact the metadata of an encrypted collection',
  allowsWriteConcern: true,
  privilege: { action: 'compactStructuredEncryptionData', resource: 'collection' },
  run(_operation, request, services) {
    const name = targetNamespace(request);
    const { compactionTokens } = parse(request.body);
    const collection = findCollection(services.catalog, undefined, name);
    if (collection === undefined) {
      throw new MongoError('NamespaceNotFound', `Namespace ${name.full} was not found`);
    }
    const encryptedFields = collection.options.get('encryptedFields');
    if (!(encryptedFields instanceof BsonDocument)) {
      throw new MongoError('Location6346807', `${name.full} is not an encrypted collection`);
    }
    for (const path of encryptedPaths(encryptedFields)) {
      if (!compactionTokens.has(path)) {
        throw new MongoError('Location7294900', `The compaction token of the encrypted field '${path}' is missing`);
      }
    }
    throw new MongoError(
      'CommandNotSupported',
      'encrypted collections cannot be compacted: this server does not keep the metadata of queryable encryption',
    );
  },
};

function encryptedPaths(encryptedFields: BsonDocument): string[] {
  const fields = encryptedFields.get('fields');
  if (!Array.isArray(fields)) return [];
  return fields
    .map((field) => (field instanceof BsonDocument ? field.get('path') : undefined))
    .filter((path) => typeof path === 'string');
}
