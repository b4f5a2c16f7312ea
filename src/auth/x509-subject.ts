/**
 * The subject of a certificate as a user's name: the string form of RFC 2253, most specific part first, as
 * `openssl x509 -subject -nameopt RFC2253` prints it and as users of `$external` are named (manual, "x.509").
 *
 * A certificate is DER: values of tag, length and contents. What is read here is
 *
 *   Certificate ⊃ TBSCertificate ⊃ [0] version, serial, algorithm, issuer, validity, subject
 *   subject     = SEQUENCE of relative names, each a SET of (object identifier, text)
 */
import { MongoError } from '../error/mongo-error.ts';

/** Names of the object identifiers that subjects are made of; others stand as numbers. */
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

const Tag = { objectIdentifier: 0x06, latinText: 0x14, wideText: 0x1e, version: 0xa0 } as const;

/** Tags of texts in UTF-8 or a part of it. */
const plainTextTags: ReadonlySet<number> = new Set([0x0c, 0x12, 0x13, 0x16]);

interface Element {
  readonly tag: number;
  readonly contents: Buffer;
  /** The whole element, tag and length included. */
  readonly bytes: Buffer;
}

/** The subject of a certificate in DER. Throws BadValue where it is none. */
export function subjectName(certificate: Buffer): string {
  const [outer] = elements(certificate);
  const [signed] = outer === undefined ? [] : elements(outer.contents);
  const fields = signed === undefined ? [] : elements(signed.contents);
  const subject = fields[fields[0]?.tag === Tag.version ? 5 : 4];
  if (subject === undefined) throw malformed();
  return elements(subject.contents)
    .reverse()
    .map((relative) => elements(relative.contents).map(printAttribute).join('+'))
    .join(',');
}

function malformed(): MongoError {
  return new MongoError('BadValue', 'the certificate is not well-formed');
}

/** The elements that these bytes are a row of. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const tag = bytes[at++] as number;
    let length = bytes[at++] ?? 0x80;
    if (length >= 0x80) {
      const digits = length - 0x80;
      if (digits === 0 || digits > 4 || at + digits > bytes.length) throw malformed();
      length = bytes.readUIntBE(at, digits);
      at += digits;
    }
    if (at + length > bytes.length) throw malformed();
    found.push({ tag, contents: bytes.subarray(at, at + length), bytes: bytes.subarray(start, at + length) });
    at += length;
  }
  return found;
}

function printAttribute(attribute: Element): string {
  const [type, value] = elements(attribute.contents);
  if (type?.tag !== Tag.objectIdentifier || value === undefined) throw malformed();
  const identifier = printIdentifier(type.contents);
  const name = attributeNames[identifier];
  const text = textOf(value);
  if (name === undefined || text === undefined) {
    return `${name ?? identifier}=#${value.bytes.toString('hex').toUpperCase()}`;
  }
  return `${name}=${escapeText(text)}`;
}

function printIdentifier(bytes: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...others] = numbers;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...others].join('.');
}

function textOf({ tag, contents }: Element): string | undefined {
  if (plainTextTags.has(tag)) return contents.toString('utf8');
  if (tag === Tag.latinText) return contents.toString('latin1');
  if (tag === Tag.wideText && contents.length % 2 === 0) return Buffer.from(contents).swap16().toString('utf16le');
  return undefined;
}

/** RFC 2253, 2.4: separators, quotes, and blanks at the ends are escaped. */
function escapeText(text: string): string {
  return text.replaceAll(/[,+"\\<>;]|^[# ]| $/g, '\\$&').replaceAll('\0', '\\00');
}
