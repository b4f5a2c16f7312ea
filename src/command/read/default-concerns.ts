/** The default concerns as commands show them and as `config.settings` keeps them. */
import { document, type Literal } from '../../bson/literal.ts';
import { Timestamp } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ConcernDefaults } from '../../session/concern-defaults.ts';
import { parseReadConcern } from '../../session/read-concern.ts';
import { parseWriteConcern, type WriteConcern } from '../../session/write-concern.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { loadSettings, settingsNamespace } from '../write/stored-setting.ts';

const settingId = 'ReadWriteConcernDefaults';

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
    _id: settingId,
    defaultReadConcern: defaults.isReadSet ? { level: defaults.read.level } : undefined,
    defaultWriteConcern: defaults.isWriteSet ? describeWriteConcern(defaults.write) : undefined,
    updateOpTime: lastUpdate?.opTime,
    updateWallClockTime: lastUpdate === undefined ? undefined : new Date(lastUpdate.wallTimeMs),
  });
}

/** Takes over what an earlier run of the server saved. */
export async function loadConcernDefaults(catalog: Catalog, defaults: ConcernDefaults): Promise<void> {
  const saved = (await loadSettings(catalog, settingsNamespace)).find((setting) => setting.get('_id') === settingId);
  if (saved === undefined) return;
  const [read, write] = [saved.get('defaultReadConcern'), saved.get('defaultWriteConcern')];
  const [opTime, wallTime] = [saved.get('updateOpTime'), saved.get('updateWallClockTime')];
  defaults.set(
    read instanceof BsonDocument ? { ...parseReadConcern(read), isExplicit: false } : undefined,
    write instanceof BsonDocument ? parseWriteConcern(write) : undefined,
    {
      opTime: opTime instanceof Timestamp ? opTime : new Timestamp(0n),
      wallTimeMs: wallTime instanceof Date ? wallTime.getTime() : 0,
    },
  );
}
