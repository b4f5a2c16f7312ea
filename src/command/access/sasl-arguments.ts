/** The forms in which logins come: saslStart, saslContinue, and the same within hello's speculativeAuthenticate. */

import type { LoginStart, LoginStep } from '../../access/login.ts';
import type { LoginWay } from '../../access/login-statistics.ts';
import { Binary } from '../../bson/scalar.ts';
import {
  any,
  type FieldParser,
  integral,
  lenientBool,
  nested,
  optional,
  required,
  string,
  structure,
  wrongType,
} from '../../bson/structure.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Reply } from '../command.ts';

/** A message of a mechanism: bytes, or their base64. */
const payload: FieldParser<string> = (value, path) => {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8');
  if (value instanceof Binary) return Buffer.from(value.value()).toString('utf8');
  throw wrongType(value, path, 'binData', 'string');
};

const parseOptions = structure('options', { skipEmptyExchange: optional(lenientBool) }, { isOpen: true });

const parseStart = structure(
  'saslStart',
  {
    saslStart: optional(any),
    mechanism: required(string),
    payload: required(payload),
    options: optional(nested(parseOptions)),
  },
  { isOpen: true },
);

const parseContinue = structure(
  'saslContinue',
  { saslContinue: optional(any), conversationId: required(integral), payload: required(payload) },
  { isOpen: true },
);

export function parseSaslStart(body: BsonDocument, database: string, way: LoginWay): LoginStart {
  const given = parseStart(body);
  const skipsEmptyExchange = given.options?.skipEmptyExchange === true;
  return { database, mechanism: given.mechanism, payload: given.payload, skipsEmptyExchange, way };
}

export function parseSaslContinue(body: BsonDocument): { readonly conversationId: number; readonly payload: string } {
  return parseContinue(body);
}

export function describeStep({ conversationId, done, payload: text }: LoginStep): Reply {
  return { conversationId, done, payload: new Binary(Buffer.from(text, 'utf8'), Binary.SUBTYPE_DEFAULT) };
}
