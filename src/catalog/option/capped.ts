/** `size` and `max` of capped collections. */
import { type FieldParser, integral } from '../../bson/structure.ts';
import { MongoError } from '../../error/mongo-error.ts';

const sizeMaxBytes = 2 ** 50;
const documentsMax = 2 ** 31 - 1;
/** MongoDB rounds the size of a capped collection up to a multiple of this (manual, "create"). */
const sizeStepBytes = 256;

/** Bytes, from 1 to 2^50. */
export const cappedSize: FieldParser<number> = (value, path) => checkCappedSize(integral(value, path), path);

/** Throws BadValue for a size that no capped collection can have. */
export function checkCappedSize(sizeBytes: number, path: string): number {
  if (sizeBytes < 1) throw beyond(path, '>= 1', sizeBytes);
  if (sizeBytes > sizeMaxBytes) throw beyond(path, `<= ${sizeMaxBytes}`, sizeBytes);
  return sizeBytes;
}

/** A number of documents; zero and below are no limit. */
export const cappedMax: FieldParser<number> = (value, path) => {
  const documents = integral(value, path);
  if (documents > documentsMax) throw beyond(path, `<= ${documentsMax}`, documents);
  return Math.max(documents, 0);
};

function beyond(path: string, limit: string, actual: number): MongoError {
  return new MongoError('BadValue', `BSON field '${path}' value must be ${limit}, actual value '${actual}'`);
}

/** The size that a capped collection gets when this one is asked for. */
export function roundedCappedSize(sizeBytes: number): number {
  return Math.ceil(sizeBytes / sizeStepBytes) * sizeStepBytes;
}
