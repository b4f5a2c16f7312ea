/**
 * Names that come again and again (fields, collections, databases) as one string each: a string that is made anew has to
 * be hashed anew for every map that it is looked up in. A table of fixed size, in which a newer name takes the place of
 * an older one; what is not there is simply made.
 */

const slots = 2048;
const longestBytes = 64;
const known: string[] = new Array<string>(slots).fill('');

/** UTF-8 between two offsets that is likely to be met again. */
export function readKnownText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > longestBytes) return bytes.toString('utf8', start, end);
  let hash = length;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    seen |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (seen > 127) return bytes.toString('utf8', start, end);
  const slot = (hash ^ (hash >>> 11)) & (slots - 1);
  const text = known[slot] as string;
  if (isText(bytes, start, length, text)) return text;
  const fresh = bytes.toString('latin1', start, end);
  known[slot] = fresh;
  return fresh;
}

function isText(bytes: Buffer, start: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}
