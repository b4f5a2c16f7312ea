/** Reading a command's body before anything of it was checked. */
import { isZeroNumber } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import type { GateRequest } from '../../session/live-operation.ts';

/** Whether a flag is set, in any of the forms that some command takes for set. */
export function isAsked(value: Value | undefined): boolean {
  if (value === undefined || isNullish(value) || value === false) return false;
  return !isNumeric(value) || !isZeroNumber(value);
}

/** The documents of a batch, in the body or beside it. */
export function batchOf({ body, sequence }: GateRequest, field: string): readonly BsonDocument[] {
  const inside = body.get(field);
  const documents = Array.isArray(inside) ? (inside as readonly Value[]) : [];
  return [...(sequence(field) ?? []), ...documents.filter((one) => one instanceof BsonDocument)];
}
