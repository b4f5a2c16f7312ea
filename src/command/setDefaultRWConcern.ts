import { any, object, oneOf, optional, structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { ConcernDefaults } from '../session/concern-defaults.ts';
import { localReadConcern, provenance, type ReadConcern, readConcernLevels } from '../session/read-concern.ts';
import { parseWriteConcern, type WriteConcern } from '../session/write-concern.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { describeConcernDefaults, settingOf } from './read/default-concerns.ts';
import { saveSetting, settingsNamespace } from './write/stored-setting.ts';

const parse = commandArguments('setDefaultRWConcern', {
  setDefaultRWConcern: optional(any),
  defaultReadConcern: optional(object),
  defaultWriteConcern: optional(object),
});

const parseLevel = structure('defaultReadConcern', {
  level: optional(oneOf(...readConcernLevels)),
  provenance: optional(provenance),
});

/** setDefaultRWConcern: sets the concerns of commands that name none, for good (manual, "setDefaultRWConcern"). */
export const setDefaultRWConcern: Command = {
  ...diagnostic,
  name: 'setDefaultRWConcern',
  help: 'set the default read and write concern',
  isAdminOnly: true,
  allowsWriteConcern: true,
  readConcernLevels: ['local'],
  privilege: { action: 'setDefaultRWConcern', resource: 'cluster' },
  async run(operation, request, services): Promise<Reply> {
    const { defaults, time, clock } = services;
    const { defaultReadConcern, defaultWriteConcern } = parse(request.body);
    if (defaultReadConcern === undefined && defaultWriteConcern === undefined) {
      throw new MongoError(
        'BadValue',
        'At least one of the "defaultReadConcern" or "defaultWriteConcern" fields must be present',
      );
    }
    const read = defaultReadConcern === undefined ? given(defaults, 'read') : readDefault(defaultReadConcern);
    const write =
      defaultWriteConcern === undefined ? given(defaults, 'write') : writeDefault(defaultWriteConcern, defaults);
    const { w } = operation.writeConcern;
    if (typeof w === 'string' && w !== 'majority') {
      throw new MongoError('UnknownReplWriteConcern', `No write concern mode named '${w}' found`);
    }
    const update = { opTime: time.tick(), wallTimeMs: clock.nowMs() };
    const next = new ConcernDefaults();
    next.set(read, write, update);
    await saveSetting(services, operation, settingsNamespace, settingOf(next));
    defaults.set(read, write, update);
    return describeConcernDefaults(services);
  },
};

function given<Kind extends 'read' | 'write'>(
  defaults: ConcernDefaults,
  kind: Kind,
): ConcernDefaults[Kind] | undefined {
  const isSet = kind === 'read' ? defaults.isReadSet : defaults.isWriteSet;
  return isSet ? defaults[kind] : undefined;
}

/** Undefined for `{}`, which takes a default back. */
function readDefault(document: BsonDocument): ReadConcern | undefined {
  const { level } = parseLevel(document);
  if (level === undefined) return undefined;
  if (level === 'linearizable' || level === 'snapshot') {
    throw new MongoError('BadValue', `level: '${level}' is not suitable for the default read concern`);
  }
  return { ...localReadConcern, level };
}

function writeDefault(document: BsonDocument, defaults: ConcernDefaults): WriteConcern | undefined {
  if (document.isEmpty()) {
    if (!defaults.isWriteSet) return undefined;
    throw new MongoError('IllegalOperation', 'The global default write concern cannot be unset once it is set.');
  }
  const concern = parseWriteConcern(document);
  const w = document.get('w');
  if (w === undefined) {
    throw new MongoError('BadValue', "The default write concern must have a 'w' field");
  }
  if (w === null || (typeof concern.w === 'string' && concern.w !== 'majority')) {
    throw new MongoError(
      'UnknownReplWriteConcern',
      `No write concern mode named '${w === null ? '' : concern.w}' found`,
    );
  }
  if (typeof concern.w === 'number' && concern.w > 1) {
    throw new MongoError('UnsatisfiableWriteConcern', 'Not enough data-bearing nodes');
  }
  if (concern.w === 0) throw new MongoError('BadValue', 'The default write concern may not be unacknowledged (w: 0)');
  return concern;
}
