/** BSON element types as they stand in the byte stream (bsonspec.org). */
export const BsonType = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  binData: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  bool: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  javascript: 0x0d,
  symbol: 0x0e,
  javascriptWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  minKey: 0xff,
  maxKey: 0x7f,
} as const;

/** A type's name as `$type`, error messages and `$jsonSchema` spell it. */
export type BsonTypeName = keyof typeof BsonType;

export type BsonTypeCode = (typeof BsonType)[BsonTypeName];

const nameByCode: ReadonlyMap<number, BsonTypeName> = new Map(
  Object.entries(BsonType).map(([name, code]) => [code, name as BsonTypeName]),
);

/** The alias of a type byte, or undefined when no BSON type has this code. */
export function findTypeName(code: number): BsonTypeName | undefined {
  return nameByCode.get(code);
}

/**
 * Where a type stands in MongoDB's comparison order; types that compare with each other share a rank.
 * Source: manual, "Comparison/Sort Order". A missing field ranks with `undefined`, below null.
 */
export const typeRank: Readonly<Record<BsonTypeName, number>> = {
  minKey: 0,
  undefined: 2,
  null: 4,
  int: 10,
  long: 10,
  double: 10,
  decimal: 10,
  string: 15,
  symbol: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  dbPointer: 55,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
};
