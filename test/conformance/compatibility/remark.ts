/**
 * What the server knows by name and yet does not do, or does only in part. A row with a probe claims that this command
 * fails with this error; a test puts each to a server, so that no row outlives its reason.
 */
import type { Document } from 'mongodb';
import type { Family } from './reference.ts';

export interface Remark {
  readonly family: Family;
  readonly name: string;
  /** What is refused: a command that meets it, and the name of its error. */
  readonly probe?: { readonly command: Document; readonly codeName: string };
  readonly why: string;
}

const noSearch = 'search belongs to a hosted service';
const native =
  'one call holds the server until it returns; a built-in that works long (a huge indexOf) is not ended by maxTimeMS';

function aggregate(...pipeline: Document[]): Document {
  return { aggregate: 'things', pipeline, cursor: {} };
}

function searchCommand(name: string): Remark {
  return {
    family: 'commands',
    name,
    probe: { command: { [name]: 'things' }, codeName: 'SearchNotEnabled' },
    why: noSearch,
  };
}

export const remarks: readonly Remark[] = [
  searchCommand('createSearchIndexes'),
  searchCommand('dropSearchIndex'),
  searchCommand('listSearchIndexes'),
  searchCommand('updateSearchIndex'),
  { family: 'commands', name: 'applyOps', why: 'takes no commands, and updates only as whole documents' },
  {
    family: 'commands',
    name: 'autoCompact',
    why: 'accepted and idle on memory; refused (CommandNotSupported) on a durable store',
  },
  {
    family: 'commands',
    name: 'compactStructuredEncryptionData',
    why: 'its arguments are checked; then refused (CommandNotSupported): metadata of queryable encryption is not kept',
  },
  {
    family: 'commands',
    name: 'replSetInitiate',
    probe: { command: { replSetInitiate: {} }, codeName: 'AlreadyInitialized' },
    why: 'the replica set of one member is there from the start',
  },
  {
    family: 'stages',
    name: '$listSearchIndexes',
    probe: { command: aggregate({ $listSearchIndexes: {} }), codeName: 'SearchNotEnabled' },
    why: noSearch,
  },
  { family: 'stages', name: '$listSampledQueries', why: 'always empty: no queries are sampled' },
  { family: 'stages', name: '$querySettings', why: 'always empty: nothing sets them' },
  { family: 'stages', name: '$queryStats', why: 'always empty: none are kept' },
  { family: 'expressions', name: '$function', why: native },
  { family: 'queries', name: '$where', why: native },
];
