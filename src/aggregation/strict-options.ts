import { wrongType } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';

/** Throws TypeMismatch where one of these options, all of them bools, is null, which strict structures take for absent. */
export function refuseNullBools(options: BsonDocument, path: string, names: readonly string[]): void {
  for (const name of names) {
    if (options.get(name) === null) throw wrongType(null, `${path}.${name}`, 'bool');
  }
}
