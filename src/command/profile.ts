import { toDouble } from '../bson/number.ts';
import { double, integer } from '../bson/scalar.ts';
import { type FieldParser, integral, optional, optionalNotNull, required, wrongType } from '../bson/structure.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseFilter } from '../query/filter.ts';
import { explainNode } from '../query/filter-node.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { mayProfile } from './privilege/server.ts';
import type { ProfilingLevel } from './write/profiling-levels.ts';

const rate: FieldParser<number> = (value, path) => {
  if (!isNumeric(value)) throw wrongType(value, path, 'double', 'int', 'long', 'decimal');
  const share = toDouble(value);
  if (share >= 0 && share <= 1) return share;
  throw new MongoError('BadValue', `'sampleRate' must be between 0.0 and 1.0 inclusive, not ${share}`);
};

const filterOrUnset: FieldParser<BsonDocument | 'unset'> = (value) => {
  if (value === 'unset' || value instanceof BsonDocument) return value;
  throw new MongoError('BadValue', "Expected an object, or the string 'unset'.");
};

const parse = commandArguments('profile', {
  profile: required(integral),
  slowms: optional(integral),
  sampleRate: optional(rate),
  filter: optionalNotNull(filterOrUnset),
});

/** profile: which operations on this database are recorded in its system.profile (manual, "profile"). */
export const profile: Command = {
  ...diagnostic,
  name: 'profile',
  help: 'record operations on this database',
  privilege: mayProfile,
  run(_operation, request, { profiling }) {
    const { profile: level, slowms, sampleRate, filter } = parse(request.body);
    const was = profiling.of(request.database);
    const shown = {
      was: was.level,
      slowms: integer(profiling.slowMs),
      sampleRate: double(profiling.sampleRate),
      filter: was.filter,
      note:
        was.filter === undefined
          ? undefined
          : 'When a filter expression is set, slowms and sampleRate are not used for profiling and slow-query log lines.',
    };
    const normalized = filter instanceof BsonDocument ? explainNode(parseFilter(filter).node) : undefined;
    profiling.slowMs = slowms ?? profiling.slowMs;
    profiling.sampleRate = sampleRate ?? profiling.sampleRate;
    profiling.set(request.database, {
      level: isLevel(level) ? level : was.level,
      filter: filter === 'unset' ? undefined : (normalized ?? was.filter),
    });
    return shown;
  },
};

/** Any other number asks without setting anything. */
function isLevel(level: number): level is ProfilingLevel {
  return level === 0 || level === 1 || level === 2;
}
