import type { StagePolicy } from './stage.ts';

/** Of a stage that only turns documents into other documents: it may stand anywhere. */
export const anywhere: StagePolicy = {
  position: 'any',
  namespace: 'collection',
  inFacet: true,
  inLookup: true,
  inUnionWith: true,
  inTransaction: true,
  inView: true,
  inUpdate: false,
  inChangeStream: false,
  writes: false,
  readConcern: 'any',
  inStableApi: true,
  privilege: { action: 'find', on: 'namespace' },
};

/** The same for a stage that updates may consist of. */
export const anywhereAndInUpdate: StagePolicy = { ...anywhere, inUpdate: true, inChangeStream: true };

/** Of a stage that makes documents of its own, at the start of a pipeline. */
export const atStart: StagePolicy = { ...anywhere, position: 'first', inFacet: false, inStableApi: false };

/** Of a stage that writes, at the end of a command's pipeline. */
export const atEnd: StagePolicy = {
  ...anywhere,
  position: 'last',
  inFacet: false,
  inLookup: false,
  inUnionWith: false,
  inTransaction: false,
  inView: false,
  writes: true,
  readConcern: 'notLinearizable',
};
