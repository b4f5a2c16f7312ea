/** The default concerns as commands show them and as `config.settings` keeps them. */
import { document, type Literal } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { ConcernDefaults } from '../../session/concern-defaults.ts';
import type { WriteConcern } from '../../session/write-concern.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';

/** Its `_id`. */
export const concernSettingId = 'ReadWriteConcernDefaults';

/** What getDefaultRWConcern and setDefaultRWConcern answer. */
export function describeConcernDefaults({ defaults, clock }: Services): Reply {
  const { lastUpdate } = defaults;
  return {
    defaultReadConcern: { level: defaults.read.level },
    defaultWriteConcern: describeWriteConcern(defaults.write),
    updateOpTime: lastUpdate?.opTime,
    updateWallClockTime: lastUpdate === undefined ? undefined : new Date(lastUpdate.wallTimeMs),
    defaultWriteConcernSource: defaults.isWriteSet ? 'global' : 'implicit',
    defaultReadConcernSource: defaults.isReadSet ? 'global' : 'implicit',
    localUpdateWallClockTime: new Date(lastUpdate?.wallTimeMs ?? clock.nowMs()),
  };
}

function describeWriteConcern({ w, j, wtimeoutMs }: WriteConcern): { readonly [name: string]: Literal } {
  return { w, j, wtimeout: wtimeoutMs };
}

/** The defaults as a document of `config.settings`. */
export function settingOf(defaults: ConcernDefaults): BsonDocument {
  const { lastUpdate } = defaults;
  return document({
    _id: concernSettingId,
    defaultReadConcern: defaults.isReadSet ? { level: defaults.read.level } : undefined,
    defaultWriteConcern: defaults.isWriteSet ? describeWriteConcern(defaults.write) : undefined,
    updateOpTime: lastUpdate?.opTime,
    updateWallClockTime: lastUpdate === undefined ? undefined : new Date(lastUpdate.wallTimeMs),
  });
}
