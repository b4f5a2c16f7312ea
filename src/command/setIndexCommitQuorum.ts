import { any, arrayOf, required, string } from '../bson/structure.ts';
import { findCollection } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('setIndexCommitQuorum', {
  setIndexCommitQuorum: required(any),
  indexNames: required(arrayOf(string)),
  commitQuorum: required(any),
});

/**
 * setIndexCommitQuorum: how many members an index build waits for (manual, "setIndexCommitQuorum"). With one member a
 * build waits for nobody and is over when createIndexes answers, so there is never one to change.
 */
export const setIndexCommitQuorum: Command = {
  ...diagnostic,
  name: 'setIndexCommitQuorum',
  help: 'change what an index build waits for',
  allowsWriteConcern: true,
  privilege: { action: 'createIndex', resource: 'collection' },
  run(_operation, request, services) {
    const name = targetNamespace(request);
    parse(request.body);
    if (findCollection(services.catalog, undefined, name) === undefined) {
      throw new MongoError('NamespaceNotFound', `Collection '${name.full}' was not found.`);
    }
    throw new MongoError(
      'IndexNotFound',
      `Cannot find an index build on collection '${name.full}' with the provided index names`,
    );
  },
};
