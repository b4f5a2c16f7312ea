/** The options of a collation: what a specification may say, and what it means where it says nothing. */

import { toDecimal } from '../../bson/decimal.ts';
import { document } from '../../bson/literal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128 } from '../../bson/scalar.ts';
import {
  bool,
  type FieldParser,
  oneOf,
  optional,
  required,
  string,
  structure,
  wrongType,
} from '../../bson/structure.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

export interface CollationOptions {
  /** As the specification has it: `en`, `fr_CA`, `de@collation=phonebook`, `simple`. */
  readonly locale: string;
  readonly caseLevel: boolean;
  readonly caseFirst: 'off' | 'upper' | 'lower';
  /** 1 to 5. */
  readonly strength: number;
  readonly numericOrdering: boolean;
  readonly alternate: 'non-ignorable' | 'shifted';
  readonly maxVariable: 'punct' | 'space';
  readonly normalization: boolean;
  readonly backwards: boolean;
}

/** The ICU data that MongoDB's servers of this generation carry; stored with a collation so that others can tell. */
const dataVersion = '57.1';

const strength: FieldParser<number> = (value, path) => {
  if (!isNumeric(value)) throw wrongType(value, path, 'int', 'decimal', 'double', 'long');
  const whole =
    value instanceof Decimal128 ? toDecimal(value).toDecimalPlaces(0).toNumber() : Math.trunc(toDouble(value));
  if (whole >= 1 && whole <= 5) return whole;
  throw new MongoError('BadValue', `BSON field '${path}' value must be >= 1 and <= 5, actual value '${whole}'`);
};

const version: FieldParser<string> = (value, path) => {
  const text = string(value, path);
  if (text === dataVersion) return text;
  throw new MongoError(
    'IncompatibleCollationVersion',
    `Requested collation version ${text} but the only available collator version was ${dataVersion}`,
  );
};

const parseFields = structure('collation', {
  locale: required(string),
  caseLevel: optional(bool),
  caseFirst: optional(oneOf('upper', 'lower', 'off')),
  strength: optional(strength),
  numericOrdering: optional(bool),
  alternate: optional(oneOf('non-ignorable', 'shifted')),
  maxVariable: optional(oneOf('punct', 'space')),
  normalization: optional(bool),
  backwards: optional(bool),
  version: optional(version),
});

/** Reads a specification. Throws BadValue, TypeMismatch, IDLFailedToParse, IDLUnknownField, IncompatibleCollationVersion. */
export function parseCollationOptions(specification: BsonDocument): CollationOptions {
  const fields = parseFields(specification);
  // Of all the optional fields this one alone has no default of its own, and null is not its absence.
  const backwards = specification.get('backwards');
  if (backwards === null) throw wrongType(backwards, 'collation.backwards', 'bool');
  const { locale } = fields;
  const options = {
    locale,
    caseLevel: fields.caseLevel ?? false,
    caseFirst: fields.caseFirst ?? defaultCaseFirst(locale),
    strength: fields.strength ?? 3,
    numericOrdering: fields.numericOrdering ?? false,
    alternate: fields.alternate ?? (/^th\b/.test(locale) ? 'shifted' : 'non-ignorable'),
    maxVariable: fields.maxVariable ?? 'punct',
    normalization: fields.normalization ?? false,
    backwards: fields.backwards ?? locale.startsWith('fr_CA'),
  } as const;
  if (locale !== 'simple') check(options);
  return options;
}

function defaultCaseFirst(locale: string): 'off' | 'upper' {
  return /^(da|mt)\b/.test(locale) ? 'upper' : 'off';
}

function check(options: CollationOptions): void {
  if (localeTag(options.locale) === undefined) {
    throw new MongoError('BadValue', `Field 'locale' is invalid in: { locale: "${options.locale}" }`);
  }
  if (options.caseFirst !== 'off' && !options.caseLevel && options.strength < 3) {
    throw new MongoError('BadValue', `'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater than 2`);
  }
  if (options.backwards && options.strength === 1) {
    throw new MongoError('BadValue', `'backwards' is invalid with 'strength' of 1`);
  }
}

const variants: Readonly<Record<string, string>> = {
  phonebook: 'phonebk',
  traditional: 'trad',
  dictionary: 'dict',
  gb2312han: 'gb2312',
};

/** The language tag by which `Intl` knows a locale of ICU; undefined where it does not. */
export function localeTag(locale: string): string | undefined {
  const [, name = '', variant] = /^([A-Za-z0-9_]+)(?:@collation=([a-z0-9]+))?$/.exec(locale) ?? [];
  const plain = name.replace(/_POSIX$/, '').replaceAll('_', '-');
  const tag = variant === undefined ? plain : `${plain}-u-co-${variants[variant] ?? variant}`;
  try {
    return Intl.Collator.supportedLocalesOf([tag]).length > 0 ? tag : undefined;
  } catch {
    return undefined;
  }
}

/** The complete specification, as listCollections and listIndexes show it. */
export function completeSpecification(options: CollationOptions): BsonDocument {
  if (options.locale === 'simple') return document({ locale: 'simple' });
  return document({ ...options, version: dataVersion });
}
