/** Every keyword of $jsonSchema (draft 4 without references, and `bsonType`). */
import { additionalItems, items, maxItems, minItems, uniqueItems } from './array-keyword.ts';
import { allOf, anyOf, not, oneOf, remark, unsupported } from './logic-keyword.ts';
import { exclusiveMaximum, exclusiveMinimum, maximum, minimum, multipleOf } from './number-keyword.ts';
import {
  additionalProperties,
  dependencies,
  maxProperties,
  minProperties,
  patternProperties,
  properties,
  required,
} from './object-keyword.ts';
import type { Keyword } from './rule.ts';
import { maxLength, minLength, pattern } from './string-keyword.ts';
import { bsonType, enumeration, type } from './type-keyword.ts';

const keywords: Readonly<Record<string, Keyword>> = {
  $ref: unsupported,
  $schema: unsupported,
  additionalItems,
  additionalProperties,
  allOf,
  anyOf,
  bsonType,
  default: unsupported,
  definitions: unsupported,
  dependencies,
  description: remark,
  enum: enumeration,
  exclusiveMaximum,
  exclusiveMinimum,
  format: unsupported,
  id: unsupported,
  items,
  maximum,
  maxItems,
  maxLength,
  maxProperties,
  minimum,
  minItems,
  minLength,
  minProperties,
  multipleOf,
  not,
  oneOf,
  pattern,
  patternProperties,
  properties,
  required,
  title: remark,
  type,
  uniqueItems,
};

export function findKeyword(name: string): Keyword | undefined {
  return Object.hasOwn(keywords, name) ? keywords[name] : undefined;
}
