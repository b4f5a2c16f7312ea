/** Operations on a GridFS bucket. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Document, GridFSBucket, GridFSBucketWriteStream } from 'mongodb';
import { BadTest } from '../failure.ts';
import { parseHex } from '../match.ts';
import type { OperationTable } from './table.ts';

export const bucketOperations: OperationTable<GridFSBucket> = {
  delete: (bucket, { id }) => bucket.delete(id),

  download: (bucket, { id }) => buffer(bucket.openDownloadStream(id)),

  downloadByName: (bucket, { filename, ...options }) => buffer(bucket.openDownloadStreamByName(filename, options)),

  drop: (bucket) => bucket.drop(),

  find: (bucket, { filter, ...options }) => bucket.find(filter, options).toArray(),

  rename: (bucket, { id, newFilename }) => bucket.rename(id, newFilename),

  upload: (bucket, { filename, source, disableMD5: _, ...options }) =>
    upload(bucket.openUploadStream(filename, options), source),

  uploadWithId: (bucket, { id, filename, source, disableMD5: _, ...options }) =>
    upload(bucket.openUploadStreamWithId(id, filename, options), source),
};

async function upload(stream: GridFSBucketWriteStream, source: Document): Promise<unknown> {
  const keys = Object.keys(source);
  if (keys.length !== 1 || keys[0] !== '$$hexBytes')
    throw new BadTest('the source of an upload is given as $$hexBytes');
  await pipeline(Readable.from([parseHex(source.$$hexBytes)]), stream);
  return stream.id;
}
