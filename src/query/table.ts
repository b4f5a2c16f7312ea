/** Every operator of the query language, by where it stands. */

import { $all } from './operator/$all.ts';
import { $alwaysFalse } from './operator/$alwaysFalse.ts';
import { $alwaysTrue } from './operator/$alwaysTrue.ts';
import { $and } from './operator/$and.ts';
import { $bitsAllClear } from './operator/$bitsAllClear.ts';
import { $bitsAllSet } from './operator/$bitsAllSet.ts';
import { $bitsAnyClear } from './operator/$bitsAnyClear.ts';
import { $bitsAnySet } from './operator/$bitsAnySet.ts';
import { $comment } from './operator/$comment.ts';
import { $elemMatch } from './operator/$elemMatch.ts';
import { $eq } from './operator/$eq.ts';
import { $exists } from './operator/$exists.ts';
import { $expr } from './operator/$expr.ts';
import { $geoIntersects } from './operator/$geoIntersects.ts';
import { $geoWithin } from './operator/$geoWithin.ts';
import { $gt } from './operator/$gt.ts';
import { $gte } from './operator/$gte.ts';
import { $in } from './operator/$in.ts';
import { $jsonSchema } from './operator/$jsonSchema.ts';
import { $lt } from './operator/$lt.ts';
import { $lte } from './operator/$lte.ts';
import { $maxDistance } from './operator/$maxDistance.ts';
import { $minDistance } from './operator/$minDistance.ts';
import { $mod } from './operator/$mod.ts';
import { $ne } from './operator/$ne.ts';
import { $near } from './operator/$near.ts';
import { $nearSphere } from './operator/$nearSphere.ts';
import { $nin } from './operator/$nin.ts';
import { $nor } from './operator/$nor.ts';
import { $not } from './operator/$not.ts';
import { $options } from './operator/$options.ts';
import { $or } from './operator/$or.ts';
import { $regex } from './operator/$regex.ts';
import { $sampleRate } from './operator/$sampleRate.ts';
import { $size } from './operator/$size.ts';
import { $text } from './operator/$text.ts';
import { $type } from './operator/$type.ts';
import { $where } from './operator/$where.ts';
import { $within } from './operator/$within.ts';
import type { FieldOperator, TreeOperator } from './operator.ts';

/** `{ path: { $name: … } }`. */
const fieldOperators: Readonly<Record<string, FieldOperator>> = {
  $all,
  $bitsAllClear,
  $bitsAllSet,
  $bitsAnyClear,
  $bitsAnySet,
  $elemMatch,
  $eq,
  $exists,
  $within,
  $nearSphere,
  $near,
  $minDistance,
  $maxDistance,
  $geoWithin,
  $geoIntersects,
  $gt,
  $gte,
  $in,
  $lt,
  $lte,
  $mod,
  $ne,
  $nin,
  $not,
  $options,
  $regex,
  $size,
  $type,
};

/** `{ $name: … }`. */
const treeOperators: Readonly<Record<string, TreeOperator>> = {
  $alwaysFalse,
  $alwaysTrue,
  $and,
  $comment,
  $expr,
  $jsonSchema,
  $nor,
  $or,
  $sampleRate,
  $text,
  $where,
};

/** The operator of this name that stands below a path. */
export function findFieldOperator(name: string): FieldOperator | undefined {
  return Object.hasOwn(fieldOperators, name) ? fieldOperators[name] : undefined;
}

/** The operator of this name that stands in place of a field. */
export function findTreeOperator(name: string): TreeOperator | undefined {
  return Object.hasOwn(treeOperators, name) ? treeOperators[name] : undefined;
}

/** The names of all operators, wherever they stand. */
export function queryOperatorNames(): readonly string[] {
  return [...Object.keys(fieldOperators), ...Object.keys(treeOperators)];
}
