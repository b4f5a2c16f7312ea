import { any, arrayOf, bool, integral, lenientBool, object, optional, required, string } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { chain } from '../session/maybe-promise.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { retryableWrite } from './policy.ts';
import { mayInsert } from './privilege/write.ts';
import { targetNamespace } from './target.ts';
import { checkWritable } from './write/ensure-collection.ts';
import { insertDocuments } from './write/insert-documents.ts';
import { checkBatchSize, isFailed, stopsAtFailure, writeErrors } from './write/ordered-statements.ts';

const parse = commandArguments('insert', {
  insert: required(string),
  documents: optional(arrayOf(object)),
  ordered: optional(bool),
  bypassDocumentValidation: optional(lenientBool),
  bypassEmptyTsReplacement: optional(lenientBool),
  maxTimeMS: optional(integral),
  encryptionInformation: optional(any),
  rawData: optional(any),
});

/** insert: documents into one collection (manual, "insert"). */
export const insert: Command = {
  ...retryableWrite,
  name: 'insert',
  help: 'insert documents',
  privilege: mayInsert,
  run(operation, request, services) {
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    const documents = request.sequence('documents') ?? parsed.documents;
    if (documents === undefined) {
      throw new MongoError('IDLFailedToParse', "BSON field 'insert.documents' is missing but a required field");
    }
    checkBatchSize(operation, documents.length);
    checkWritable(operation, name);
    const inserted = insertDocuments(services, operation, name, documents, {
      isOrdered: stopsAtFailure(operation, parsed.ordered),
      bypassValidation: parsed.bypassDocumentValidation ?? false,
      keepsEmptyTimestamps: parsed.bypassEmptyTsReplacement ?? false,
      firstIndex: 0,
    });
    return chain(inserted, (results) => ({
      n: results.filter((result) => !isFailed(result)).length,
      writeErrors: writeErrors(results),
      retriedStmtIds: operation.retriedStatementIds.length === 0 ? undefined : [...operation.retriedStatementIds],
    }));
  },
};
