import type { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { beginLoading, findEngine, whileLoading } from '../javascript/engine.ts';
import type { MaybePromise } from '../storage/engine.ts';

/**
 * Loads the JavaScript engine before a command whose `let` asks for it: the values of its variables are there before any
 * document is, while everything else waits where documents are read.
 */
export function readyForScripts(body: BsonDocument): MaybePromise<void> {
  if (findEngine() !== undefined || !body.has('let') || !encodeDocument(body).includes('$function')) return;
  beginLoading();
  return whileLoading();
}
