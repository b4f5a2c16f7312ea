/** Cluster parameters (manual, "Cluster Parameters"): one literal table, and the values that one server holds. */
import { document } from '../../bson/literal.ts';
import { toDouble } from '../../bson/number.ts';
import { Timestamp } from '../../bson/scalar.ts';
import { bool, integral, nested, optional, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** Reads what setClusterParameter gives of a parameter, fills in defaults and answers its fields. */
type ReadParameter = (given: BsonDocument) => BsonDocument;

const parsePauseMigrations = structure('pauseMigrationsDuringMultiUpdates', { enabled: optional(bool) });
const parseChangeStreams = structure('changeStreams', { expireAfterSeconds: optional(integral) });
const parseChangeStreamOptions = structure('changeStreamOptions', {
  preAndPostImages: optional((value) => {
    if (value instanceof BsonDocument) return value;
    throw new MongoError('BadValue', 'changeStreamOptions.preAndPostImages has to be an object');
  }),
});
const parsePreviewLimits = structure('fleDisableSubstringPreviewParameterLimits', {
  shouldDisable: optional(bool),
});

/**
 * Every cluster parameter that this server holds. `changeStreamOptions` says how long pictures of documents are kept; the
 * others are about what it does not do (tenants, sharding, queryable encryption): their values are kept and shown, so
 * that tools that set them can go on.
 */
const table: Readonly<Record<string, ReadParameter>> = {
  changeStreamOptions(given) {
    const { preAndPostImages = BsonDocument.empty } = parseChangeStreamOptions(given);
    return document({
      preAndPostImages: { expireAfterSeconds: parseExpiry(preAndPostImages.get('expireAfterSeconds')) },
    });
  },
  changeStreams(given) {
    const { expireAfterSeconds = 3600 } = parseChangeStreams(given);
    if (expireAfterSeconds < 1) {
      throw new MongoError('BadValue', "BSON field 'expireAfterSeconds' value must be >= 1");
    }
    return document({ expireAfterSeconds: BigInt(expireAfterSeconds) });
  },
  fleDisableSubstringPreviewParameterLimits(given) {
    return document({ shouldDisable: parsePreviewLimits(given).shouldDisable ?? false });
  },
  pauseMigrationsDuringMultiUpdates(given) {
    return document({ enabled: parsePauseMigrations(given).enabled ?? false });
  },
};

function parseExpiry(value: Value | undefined): Value {
  if (value === undefined || value === null || value === 'off') return 'off';
  if (isNumeric(value) && toDouble(value) >= 1) return BigInt(Math.trunc(toDouble(value)));
  throw new MongoError('BadValue', "expireAfterSeconds has to be a positive number or 'off'");
}

const parseParameter = nested((given) => given);

export class ClusterParameters {
  readonly #values = new Map<string, { readonly fields: BsonDocument; readonly time: Timestamp }>();

  names(): string[] {
    return Object.keys(table);
  }

  /** As getClusterParameter shows it. Throws NoSuchKey. */
  describe(name: string): BsonDocument {
    const { fields, time } = this.#values.get(name) ?? {
      fields: requireRow(name)(BsonDocument.empty),
      time: new Timestamp(0n),
    };
    return document({ _id: name, clusterParameterTime: time, ...Object.fromEntries(fields.entries()) });
  }

  /** What describes the parameter once it is set to this. Throws NoSuchKey, TypeMismatch, BadValue, IDLUnknownField. */
  read(name: string, given: Value): BsonDocument {
    return requireRow(name)(parseParameter(given, `setClusterParameter.${name}`));
  }

  isKnown(name: string): boolean {
    return Object.hasOwn(table, name);
  }

  set(name: string, fields: BsonDocument, time: Timestamp): void {
    this.#values.set(name, { fields, time });
  }
}

function requireRow(name: string): ReadParameter {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined) throw new MongoError('NoSuchKey', `Unknown server parameter: ${name}`);
  return row;
}
