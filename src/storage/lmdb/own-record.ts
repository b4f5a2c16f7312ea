/**
 * The engine's own records. They live in table 0, which no caller can name:
 *
 *   key                  value
 *   'format'             the format version, 4 bytes
 *   'size' + table       records and bytes of that table, 2 doubles
 *   'drop' + table       empty: a dropped table whose records are still being removed
 *
 * Numbers are big-endian; a table is 4 bytes.
 */
import { invariant } from '../../error/invariant.ts';
import type { Key, TableId } from '../engine.ts';
import type { TableSize } from './table-size.ts';

/** The table of the engine's own records. */
export const ownTable: TableId = 0;

/** The version of everything that this engine writes. One higher for every change that an older Sojourn would misread. */
export const formatVersion = 1;

export const formatKey: Key = 'format';

const sizePrefix = 'size';
const dropPrefix = 'drop';

/** What one of the engine's own records says. */
export type OwnRecord =
  | { readonly kind: 'format'; readonly version: number }
  | { readonly kind: 'size'; readonly table: TableId; readonly size: TableSize }
  | { readonly kind: 'drop'; readonly table: TableId };

export function sizeKey(table: TableId): Key {
  return sizePrefix + encodeTableId(table);
}

export function dropKey(table: TableId): Key {
  return dropPrefix + encodeTableId(table);
}

export function encodeFormat(): Buffer {
  const encoded = Buffer.allocUnsafe(4);
  encoded.writeUInt32BE(formatVersion);
  return encoded;
}

export function encodeSize(size: TableSize): Buffer {
  const encoded = Buffer.allocUnsafe(16);
  encoded.writeDoubleBE(size.records, 0);
  encoded.writeDoubleBE(size.bytes, 8);
  return encoded;
}

/** Reads a record of the own table. */
export function decodeOwnRecord(key: Key, value: Buffer): OwnRecord {
  if (key === formatKey) return { kind: 'format', version: value.readUInt32BE(0) };
  const table = Buffer.from(key.slice(sizePrefix.length), 'latin1').readUInt32BE(0);
  if (key.startsWith(sizePrefix)) {
    return { kind: 'size', table, size: { records: value.readDoubleBE(0), bytes: value.readDoubleBE(8) } };
  }
  invariant(key.startsWith(dropPrefix), 'the own table holds only what is described here');
  return { kind: 'drop', table };
}

function encodeTableId(table: TableId): Key {
  const encoded = Buffer.allocUnsafe(4);
  encoded.writeUInt32BE(table);
  return encoded.toString('latin1');
}
