/**
 * One harmless call of each command, and what exactly a user needs for it. What the row of the command table says as data
 * is not said again here: `needs` stands where the row has a rule, or nothing.
 */
import { BSON, type Document } from 'mongodb';

export interface Right {
  readonly resource: Document;
  readonly action: string;
}

export interface CommandCase {
  /** Value of the command's own field. Default: the collection `items`, or 1 where the right is not about a collection. */
  readonly value?: unknown;
  readonly fields?: Document;
  /** Default: `shop`, or `admin` where the command runs there alone. */
  readonly database?: string;
  /** Default: what the row says. */
  readonly needs?: readonly Right[];
}

const items = { db: 'shop', collection: 'items' };
const copies = { db: 'shop', collection: 'copies' };
const shop = { db: 'shop', collection: '' };
const admin = { db: 'admin', collection: '' };

function on(resource: Document, ...actions: string[]): Right[] {
  return actions.map((action) => ({ resource, action }));
}

const session = { id: new BSON.UUID('6f3c2a1e-9f0b-4d53-8a47-0d6a8f1b2c3d') };
/** A value of a wrong type: the command is admitted, and then fails before it does anything. */
const wrong = { wrong: 'type' };

export const commandCases: Readonly<Record<string, CommandCase | readonly CommandCase[]>> = {
  abortTransaction: {},
  aggregate: [
    { fields: { pipeline: [], cursor: {} }, value: 'items', needs: on(items, 'find') },
    {
      value: 'items',
      fields: { pipeline: [{ $out: 'copies' }], cursor: {} },
      needs: [...on(items, 'find'), ...on(copies, 'insert', 'remove')],
    },
    {
      value: 'items',
      fields: { pipeline: [{ $out: 'copies' }], cursor: {}, bypassDocumentValidation: true },
      needs: [...on(items, 'find'), ...on(copies, 'insert', 'remove', 'bypassDocumentValidation')],
    },
    {
      value: 'items',
      fields: { pipeline: [{ $merge: { into: { db: 'other', coll: 'copies' } } }], cursor: {} },
      needs: [...on(items, 'find'), ...on({ db: 'other', collection: 'copies' }, 'insert', 'update')],
    },
    {
      value: 'items',
      fields: { pipeline: [{ $merge: { into: 'copies', whenNotMatched: 'discard' } }], cursor: {} },
      needs: [...on(items, 'find'), ...on(copies, 'update')],
    },
    {
      value: 'items',
      fields: {
        pipeline: [{ $lookup: { from: 'copies', localField: 'a', foreignField: 'a', as: 'found' } }],
        cursor: {},
      },
      needs: [...on(items, 'find'), ...on(copies, 'find')],
    },
    {
      value: 'items',
      fields: {
        pipeline: [
          { $facet: { all: [{ $lookup: { from: 'copies', pipeline: [{ $unionWith: 'third' }], as: 'found' } }] } },
        ],
        cursor: {},
      },
      needs: [...on(items, 'find'), ...on(copies, 'find'), ...on({ db: 'shop', collection: 'third' }, 'find')],
    },
    {
      value: 'items',
      fields: {
        pipeline: [
          {
            $graphLookup: {
              from: 'copies',
              startWith: '$a',
              connectFromField: 'a',
              connectToField: 'a',
              as: 'found',
            },
          },
        ],
        cursor: {},
      },
      needs: [...on(items, 'find'), ...on(copies, 'find')],
    },
    {
      value: 'items',
      fields: { pipeline: [{ $unionWith: { coll: 'copies', pipeline: [] } }], cursor: {} },
      needs: [...on(items, 'find'), ...on(copies, 'find')],
    },
    { value: 'items', fields: { pipeline: [{ $collStats: {} }], cursor: {} }, needs: on(items, 'collStats') },
    { value: 'items', fields: { pipeline: [{ $indexStats: {} }], cursor: {} }, needs: on(items, 'indexStats') },
    { value: 'items', fields: { pipeline: [{ $planCacheStats: {} }], cursor: {} }, needs: on(items, 'planCacheRead') },
    {
      value: 'items',
      fields: { pipeline: [{ $listSearchIndexes: {} }], cursor: {} },
      needs: on(items, 'listSearchIndexes'),
    },
    {
      value: 'items',
      fields: { pipeline: [{ $changeStream: {} }], cursor: {} },
      needs: on(items, 'changeStream', 'find'),
    },
    { value: 1, fields: { pipeline: [{ $changeStream: {} }], cursor: {} }, needs: on(shop, 'changeStream', 'find') },
    {
      value: 1,
      database: 'admin',
      fields: { pipeline: [{ $changeStream: { allChangesForCluster: true } }], cursor: {} },
      needs: on({ db: '', collection: '' }, 'changeStream', 'find'),
    },
    { value: 1, fields: { pipeline: [{ $documents: [{ a: 1 }] }], cursor: {} }, needs: [] },
    { value: 1, database: 'admin', fields: { pipeline: [{ $currentOp: {} }], cursor: {} }, needs: [] },
    {
      value: 1,
      database: 'admin',
      fields: { pipeline: [{ $currentOp: { allUsers: true } }], cursor: {} },
      needs: on({ cluster: true }, 'inprog'),
    },
    { value: 1, fields: { pipeline: [{ $listLocalSessions: {} }], cursor: {} }, needs: [] },
    {
      value: 1,
      fields: { pipeline: [{ $listLocalSessions: { allUsers: true } }], cursor: {} },
      needs: on({ cluster: true }, 'listSessions'),
    },
    {
      database: 'config',
      value: 'system.sessions',
      fields: { pipeline: [{ $listSessions: { users: [{ user: 'root', db: 'admin' }] } }], cursor: {} },
      needs: on({ cluster: true }, 'listSessions'),
    },
    {
      value: 1,
      fields: { pipeline: [{ $listLocalCursors: {} }], cursor: {} },
      database: 'admin',
      needs: on({ cluster: true }, 'listCursorMetadata'),
    },
    {
      value: 1,
      database: 'admin',
      fields: { pipeline: [{ $queryStats: {} }], cursor: {} },
      needs: on({ cluster: true }, 'queryStatsRead'),
    },
    {
      value: 'items',
      fields: { pipeline: [{ $listCatalog: {} }], cursor: {} },
      needs: on(items, 'listCollections', 'listIndexes'),
    },
  ],
  applyOps: { value: [], needs: on({ anyResource: true }, 'anyAction') },
  authenticate: { fields: { mechanism: 'none' } },
  autoCompact: { value: wrong },
  buildInfo: {},
  bulkWrite: {
    value: 1,
    fields: {
      ops: [
        { insert: 0, document: { a: 1 } },
        { update: 1, filter: { a: 1 }, updateMods: { $set: { b: 1 } }, upsert: true },
        { delete: 0, filter: { a: 1 } },
      ],
      nsInfo: [{ ns: 'shop.items' }, { ns: 'shop.copies' }],
    },
    needs: [...on(items, 'insert', 'remove'), ...on(copies, 'update', 'insert')],
  },
  cloneCollectionAsCapped: {
    value: 'items',
    fields: { toCollection: 'capped', size: 4096 },
    needs: [
      ...on(items, 'find'),
      ...on({ db: 'shop', collection: 'capped' }, 'insert', 'createIndex', 'convertToCapped'),
    ],
  },
  collMod: [
    { value: 'items', needs: on(items, 'collMod') },
    {
      value: 'shown',
      fields: { viewOn: 'items', pipeline: [] },
      needs: on({ db: 'shop', collection: 'shown' }, 'collMod'),
    },
  ],
  collStats: {},
  commitTransaction: {},
  compact: { fields: { force: wrong } },
  compactStructuredEncryptionData: {},
  configureFailPoint: { value: 'none', fields: { mode: 'off' } },
  connectionStatus: {},
  connPoolStats: {},
  convertToCapped: { fields: { size: 'none' } },
  count: {},
  create: [
    { value: 'made', needs: on({ db: 'shop', collection: 'made' }, 'createCollection') },
    {
      value: 'seen',
      fields: { viewOn: 'items', pipeline: [{ $unionWith: 'copies' }] },
      needs: on({ db: 'shop', collection: 'seen' }, 'createCollection'),
    },
  ],
  createIndexes: { fields: { indexes: [{ key: { a: 1 }, name: 'a_1' }] } },
  createRole: {
    value: 'made',
    database: 'admin',
    fields: {
      privileges: [{ resource: items, actions: ['find'] }],
      roles: [{ role: 'read', db: 'other' }],
      authenticationRestrictions: [{ clientSource: ['127.0.0.1'] }],
    },
    needs: [
      ...on(admin, 'createRole', 'setAuthenticationRestriction'),
      ...on(shop, 'grantRole'),
      ...on({ db: 'other', collection: '' }, 'grantRole'),
    ],
  },
  createSearchIndexes: {},
  createUser: {
    value: 'made',
    fields: { pwd: 'secret', roles: [{ role: 'read', db: 'other' }] },
    needs: [...on(shop, 'createUser'), ...on({ db: 'other', collection: '' }, 'grantRole')],
  },
  currentOp: [{ needs: on({ cluster: true }, 'inprog') }, { fields: { $ownOps: true }, needs: [] }],
  dataSize: [
    { value: 'shop.items', needs: on(items, 'find') },
    { value: 'shop.items', fields: { datasize: 'shop.copies' }, needs: [...on(items, 'find'), ...on(copies, 'find')] },
  ],
  dbHash: {},
  dbStats: {},
  delete: { fields: { deletes: [{ q: { a: 'none' }, limit: 1 }] } },
  distinct: { fields: { key: 'a' } },
  drop: { value: 'dropped' },
  dropAllRolesFromDatabase: { database: 'empty' },
  dropAllUsersFromDatabase: { database: 'empty' },
  dropConnections: { fields: { hostAndPort: [] } },
  dropDatabase: { database: 'empty' },
  dropIndexes: { fields: { index: 'none' } },
  dropRole: { value: 'nobody' },
  dropSearchIndex: {},
  dropUser: { value: 'nobody' },
  endSessions: { value: [] },
  explain: [
    { value: { find: 'items' }, needs: on(items, 'find') },
    {
      value: { update: 'items', updates: [{ q: {}, u: { $set: { a: 1 } }, upsert: true }] },
      needs: on(items, 'update', 'insert'),
    },
    {
      value: { aggregate: 'items', pipeline: [{ $unionWith: 'copies' }], cursor: {} },
      needs: [...on(items, 'find'), ...on(copies, 'find')],
    },
  ],
  find: {},
  findAndModify: [
    { value: 'items', fields: { query: { a: 'none' }, remove: true }, needs: on(items, 'find', 'remove') },
    {
      value: 'items',
      fields: { query: { a: 'none' }, update: { $set: { b: 1 } } },
      needs: on(items, 'find', 'update'),
    },
    {
      value: 'items',
      fields: { query: { a: 'none' }, update: { $set: { b: 1 } }, upsert: true },
      needs: on(items, 'find', 'update', 'insert'),
    },
  ],
  fsync: { fields: { lock: wrong } },
  fsyncUnlock: {},
  getClusterParameter: { value: 'none' },
  getCmdLineOpts: {},
  getDefaultRWConcern: {},
  getLog: { value: 'startupWarnings' },
  getMore: { value: BSON.Long.fromNumber(7), fields: { collection: 'items' } },
  getParameter: { fields: { quiet: 1 } },
  grantPrivilegesToRole: {
    value: 'nobody',
    fields: { privileges: [{ resource: items, actions: ['find'] }] },
    needs: on(shop, 'grantRole'),
  },
  grantRolesToRole: {
    value: 'nobody',
    fields: { roles: ['read', { role: 'read', db: 'other' }] },
    needs: [...on(shop, 'grantRole'), ...on({ db: 'other', collection: '' }, 'grantRole')],
  },
  grantRolesToUser: { value: 'nobody', fields: { roles: ['read'] }, needs: on(shop, 'grantRole') },
  hello: {},
  hostInfo: {},
  insert: [
    { value: 'items', fields: { documents: [{ a: 1 }] }, needs: on(items, 'insert') },
    {
      value: 'items',
      fields: { documents: [{ a: 1 }], bypassDocumentValidation: true },
      needs: on(items, 'insert', 'bypassDocumentValidation'),
    },
  ],
  invalidateUserCache: {},
  isMaster: {},
  killAllSessions: { value: [{ user: 'nobody', db: 'shop' }] },
  killAllSessionsByPattern: { value: [{ uid: new BSON.Binary(Buffer.alloc(32)) }] },
  killCursors: { value: 'items', fields: { cursors: [] } },
  killOp: { fields: { op: 'none' } },
  killSessions: { value: [session] },
  listCollections: [
    { needs: on(shop, 'listCollections') },
    { fields: { nameOnly: true, authorizedCollections: true }, needs: [] },
  ],
  listCommands: {},
  listDatabases: [
    { needs: [] },
    { fields: { authorizedDatabases: false }, needs: on({ cluster: true }, 'listDatabases') },
  ],
  listIndexes: {},
  listSearchIndexes: {},
  lockInfo: {},
  logout: [],
  logRotate: {},
  ping: {},
  planCacheClear: {},
  planCacheClearFilters: {},
  planCacheListFilters: {},
  planCacheSetFilter: { fields: { query: { a: 1 }, indexes: [{ a: 1 }] } },
  profile: [
    { value: -1, needs: on({ db: 'shop', collection: 'system.profile' }, 'find') },
    { value: 0, needs: on(shop, 'enableProfiler') },
  ],
  reapLogicalSessionCacheNow: {},
  refreshLogicalSessionCacheNow: {},
  refreshSessions: { value: [session] },
  renameCollection: [
    { value: 'shop.none', fields: { to: 'shop.nothing' }, needs: on(shop, 'renameCollectionSameDB') },
    {
      value: 'shop.none',
      fields: { to: 'other.none', dropTarget: true },
      needs: [
        ...on({ db: 'shop', collection: 'none' }, 'find', 'dropCollection'),
        ...on({ db: 'other', collection: 'none' }, 'insert', 'createIndex', 'dropCollection'),
      ],
    },
  ],
  replSetGetConfig: {},
  replSetGetStatus: {},
  replSetInitiate: {},
  revokePrivilegesFromRole: {
    value: 'nobody',
    database: 'admin',
    fields: { privileges: [{ resource: { cluster: true }, actions: ['inprog'] }] },
    needs: on(admin, 'revokeRole'),
  },
  revokeRolesFromRole: { value: 'nobody', fields: { roles: ['read'] }, needs: on(shop, 'revokeRole') },
  revokeRolesFromUser: { value: 'nobody', fields: { roles: ['read'] }, needs: on(shop, 'revokeRole') },
  rolesInfo: [
    { value: 1, needs: on(shop, 'viewRole') },
    { value: { role: 'read', db: 'other' }, needs: on({ db: 'other', collection: '' }, 'viewRole') },
    { value: { role: 'probe', db: 'admin' }, fields: { showPrivileges: true }, needs: [] },
  ],
  rotateCertificates: {},
  saslContinue: { fields: { conversationId: 1, payload: '' } },
  saslStart: { fields: { mechanism: 'none', payload: '' } },
  serverStatus: {},
  setClusterParameter: { value: { none: { a: 1 } } },
  setDefaultRWConcern: { fields: { defaultReadConcern: wrong } },
  setFeatureCompatibilityVersion: { value: wrong },
  setIndexCommitQuorum: { fields: { indexNames: ['none'], commitQuorum: 1 } },
  setParameter: { fields: { noSuchParameter: 1 } },
  setUserWriteBlockMode: { fields: { global: wrong } },
  shutdown: { fields: { force: wrong } },
  startSession: {},
  testVersions1And2: {},
  testVersion2: {},
  top: {},
  update: [
    { value: 'items', fields: { updates: [{ q: { a: 'none' }, u: { $set: { b: 1 } } }] }, needs: on(items, 'update') },
    {
      value: 'items',
      fields: { updates: [{ q: { a: 'new' }, u: { $set: { b: 1 } }, upsert: true }] },
      needs: on(items, 'update', 'insert'),
    },
  ],
  updateRole: {
    value: 'nobody',
    fields: { roles: ['read'] },
    needs: [...on({ db: '', collection: '' }, 'revokeRole'), ...on(shop, 'grantRole')],
  },
  updateSearchIndex: {},
  updateUser: { value: 'nobody', fields: { customData: {} }, needs: on(shop, 'changeCustomData') },
  usersInfo: [
    { value: 1, needs: on(shop, 'viewUser') },
    { value: { user: 'probe', db: 'admin' }, needs: [] },
  ],
  validate: {},
  validateDBMetadata: {
    fields: { db: 'shop', apiParameters: { version: '1' } },
    needs: on(shop, 'validate'),
  },
  whatsmyuri: {},
};
