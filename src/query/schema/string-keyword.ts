/** Keywords about strings. */
import { readInt32 } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { RegexTest } from '../regex-test.ts';
import { countOperand } from './operand.ts';
import { type Keyword, mustBe, type SchemaRule } from './rule.ts';

/** Length in code points: bytes that do not go on with a character begun before. */
function lengthOf(bytes: Buffer, at: number): number {
  const end = at + 3 + readInt32(bytes, at);
  let length = 0;
  for (let index = at + 4; index < end; index++) if (((bytes[index] as number) & 0xc0) !== 0x80) length++;
  return length;
}

function lengthRule(holds: (length: number) => boolean): SchemaRule {
  return { holds: (bytes, type, at) => type !== BsonType.string || holds(lengthOf(bytes, at)) };
}

export const maxLength: Keyword = (call) => {
  const limit = countOperand(call);
  return lengthRule((length) => length <= limit);
};

export const minLength: Keyword = (call) => {
  const limit = countOperand(call);
  return lengthRule((length) => length >= limit);
};

export const pattern: Keyword = ({ name, operand }) => {
  if (typeof operand !== 'string') throw mustBe(name, 'a string');
  const test = new RegexTest(operand, '');
  return { holds: (bytes, type, at, run) => type !== BsonType.string || test.test(bytes, type, at, run) };
};
