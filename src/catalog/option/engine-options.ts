/**
 * Options for storage engines. Applications write them for WiredTiger; they are checked as far as a typing mistake goes,
 * kept for listCollections to show, and mean nothing to the engines here.
 */
import { type FieldParser, object, optional, structure } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** Settings of a WiredTiger table (WiredTiger's manual, WT_SESSION::create). */
const tableSettings: ReadonlySet<string> = new Set([
  'access_pattern_hint',
  'allocation_size',
  'app_metadata',
  'block_allocation',
  'block_compressor',
  'cache_resident',
  'checksum',
  'dictionary',
  'exclusive',
  'format',
  'huffman_key',
  'huffman_value',
  'ignore_in_memory_cache_size',
  'internal_item_max',
  'internal_key_max',
  'internal_key_truncate',
  'internal_page_max',
  'key_format',
  'key_gap',
  'leaf_item_max',
  'leaf_key_max',
  'leaf_page_max',
  'leaf_value_max',
  'log',
  'lsm',
  'memory_page_image_max',
  'memory_page_max',
  'os_cache_dirty_max',
  'os_cache_max',
  'prefix_compression',
  'prefix_compression_min',
  'split_pct',
  'type',
  'value_format',
]);

/** `storageEngine: { wiredTiger: { configString } }`; an empty document is undefined. Throws InvalidOptions, BadValue. */
export const storageEngineOption: FieldParser<BsonDocument | undefined> = (value, path) => {
  const engines = object(value, path);
  for (const [name, settings] of engines.entries()) {
    if (!(settings instanceof BsonDocument)) {
      throw new MongoError('BadValue', `'storageEngine.${name}' has to be an embedded document.`);
    }
    if (name !== 'wiredTiger') {
      throw new MongoError('InvalidOptions', `${name} is not a registered storage engine for this server`);
    }
    checkWiredTiger(settings);
  }
  return engines.isEmpty() ? undefined : engines;
};

function checkWiredTiger(settings: BsonDocument): void {
  for (const [name, value] of settings.entries()) {
    if (name !== 'configString') {
      throw new MongoError('InvalidOptions', `'${name}' is not a supported option in storageEngine.wiredTiger`);
    }
    if (typeof value !== 'string') throw new MongoError('TypeMismatch', "'configString' must be a string");
    if (value.includes('\0')) throw new MongoError('FailedToParse', "'configString' must not contain null bytes");
    for (const setting of topLevelSettings(value)) {
      if (!tableSettings.has(setting)) throw new MongoError('BadValue', `unknown configuration key: '${setting}'`);
    }
  }
}

/** The names in `name=value,name=(…),…`, those inside parentheses left out. */
function topLevelSettings(config: string): string[] {
  let flat = config;
  for (let before = ''; before !== flat; ) {
    before = flat;
    flat = flat.replace(/\([^()]*\)/g, '');
  }
  return flat
    .split(',')
    .map((part) => part.split('=')[0]?.trim() ?? '')
    .filter((name) => name !== '');
}

const parseDefaults = structure('indexOptionDefaults', { storageEngine: optional(storageEngineOption) });

/** `indexOptionDefaults`; an empty document is undefined. */
export const indexOptionDefaults: FieldParser<BsonDocument | undefined> = (value, path) => {
  const defaults = object(value, path);
  parseDefaults(defaults, path);
  return defaults.isEmpty() ? undefined : defaults;
};
