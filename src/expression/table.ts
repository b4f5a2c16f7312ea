import { $abs } from './operator/$abs.ts';
import { $acos } from './operator/$acos.ts';
import { $acosh } from './operator/$acosh.ts';
import { $add } from './operator/$add.ts';
import { $allElementsTrue } from './operator/$allElementsTrue.ts';
import { $and } from './operator/$and.ts';
import { $anyElementTrue } from './operator/$anyElementTrue.ts';
import { $arrayElemAt } from './operator/$arrayElemAt.ts';
import { $arrayToObject } from './operator/$arrayToObject.ts';
import { $asin } from './operator/$asin.ts';
import { $asinh } from './operator/$asinh.ts';
import { $atan } from './operator/$atan.ts';
import { $atan2 } from './operator/$atan2.ts';
import { $atanh } from './operator/$atanh.ts';
import { $avg } from './operator/$avg.ts';
import { $binarySize } from './operator/$binarySize.ts';
import { $bitAnd } from './operator/$bitAnd.ts';
import { $bitNot } from './operator/$bitNot.ts';
import { $bitOr } from './operator/$bitOr.ts';
import { $bitXor } from './operator/$bitXor.ts';
import { $bsonSize } from './operator/$bsonSize.ts';
import { $ceil } from './operator/$ceil.ts';
import { $cmp } from './operator/$cmp.ts';
import { $concat } from './operator/$concat.ts';
import { $concatArrays } from './operator/$concatArrays.ts';
import { $cond } from './operator/$cond.ts';
import { $convert } from './operator/$convert.ts';
import { $cos } from './operator/$cos.ts';
import { $cosh } from './operator/$cosh.ts';
import { $dateAdd } from './operator/$dateAdd.ts';
import { $dateDiff } from './operator/$dateDiff.ts';
import { $dateFromParts } from './operator/$dateFromParts.ts';
import { $dateFromString } from './operator/$dateFromString.ts';
import { $dateSubtract } from './operator/$dateSubtract.ts';
import { $dateToParts } from './operator/$dateToParts.ts';
import { $dateToString } from './operator/$dateToString.ts';
import { $dateTrunc } from './operator/$dateTrunc.ts';
import { $dayOfMonth } from './operator/$dayOfMonth.ts';
import { $dayOfWeek } from './operator/$dayOfWeek.ts';
import { $dayOfYear } from './operator/$dayOfYear.ts';
import { $degreesToRadians } from './operator/$degreesToRadians.ts';
import { $divide } from './operator/$divide.ts';
import { $eq } from './operator/$eq.ts';
import { $exp } from './operator/$exp.ts';
import { $filter } from './operator/$filter.ts';
import { $first } from './operator/$first.ts';
import { $firstN } from './operator/$firstN.ts';
import { $floor } from './operator/$floor.ts';
import { $function } from './operator/$function.ts';
import { $getField } from './operator/$getField.ts';
import { $gt } from './operator/$gt.ts';
import { $gte } from './operator/$gte.ts';
import { $hour } from './operator/$hour.ts';
import { $ifNull } from './operator/$ifNull.ts';
import { $in } from './operator/$in.ts';
import { $indexOfArray } from './operator/$indexOfArray.ts';
import { $indexOfBytes } from './operator/$indexOfBytes.ts';
import { $indexOfCP } from './operator/$indexOfCP.ts';
import { $isArray } from './operator/$isArray.ts';
import { $isNumber } from './operator/$isNumber.ts';
import { $isoDayOfWeek } from './operator/$isoDayOfWeek.ts';
import { $isoWeek } from './operator/$isoWeek.ts';
import { $isoWeekYear } from './operator/$isoWeekYear.ts';
import { $last } from './operator/$last.ts';
import { $lastN } from './operator/$lastN.ts';
import { $let } from './operator/$let.ts';
import { $literal } from './operator/$literal.ts';
import { $ln } from './operator/$ln.ts';
import { $log } from './operator/$log.ts';
import { $log10 } from './operator/$log10.ts';
import { $lt } from './operator/$lt.ts';
import { $lte } from './operator/$lte.ts';
import { $ltrim } from './operator/$ltrim.ts';
import { $map } from './operator/$map.ts';
import { $max } from './operator/$max.ts';
import { $maxN } from './operator/$maxN.ts';
import { $median } from './operator/$median.ts';
import { $mergeObjects } from './operator/$mergeObjects.ts';
import { $meta } from './operator/$meta.ts';
import { $millisecond } from './operator/$millisecond.ts';
import { $min } from './operator/$min.ts';
import { $minN } from './operator/$minN.ts';
import { $minute } from './operator/$minute.ts';
import { $mod } from './operator/$mod.ts';
import { $month } from './operator/$month.ts';
import { $multiply } from './operator/$multiply.ts';
import { $ne } from './operator/$ne.ts';
import { $not } from './operator/$not.ts';
import { $objectToArray } from './operator/$objectToArray.ts';
import { $or } from './operator/$or.ts';
import { $percentile } from './operator/$percentile.ts';
import { $pow } from './operator/$pow.ts';
import { $radiansToDegrees } from './operator/$radiansToDegrees.ts';
import { $rand } from './operator/$rand.ts';
import { $range } from './operator/$range.ts';
import { $reduce } from './operator/$reduce.ts';
import { $regexFind } from './operator/$regexFind.ts';
import { $regexFindAll } from './operator/$regexFindAll.ts';
import { $regexMatch } from './operator/$regexMatch.ts';
import { $replaceAll } from './operator/$replaceAll.ts';
import { $replaceOne } from './operator/$replaceOne.ts';
import { $reverseArray } from './operator/$reverseArray.ts';
import { $round } from './operator/$round.ts';
import { $rtrim } from './operator/$rtrim.ts';
import { $second } from './operator/$second.ts';
import { $setDifference } from './operator/$setDifference.ts';
import { $setEquals } from './operator/$setEquals.ts';
import { $setField } from './operator/$setField.ts';
import { $setIntersection } from './operator/$setIntersection.ts';
import { $setIsSubset } from './operator/$setIsSubset.ts';
import { $setUnion } from './operator/$setUnion.ts';
import { $sigmoid } from './operator/$sigmoid.ts';
import { $sin } from './operator/$sin.ts';
import { $sinh } from './operator/$sinh.ts';
import { $size } from './operator/$size.ts';
import { $slice } from './operator/$slice.ts';
import { $sortArray } from './operator/$sortArray.ts';
import { $split } from './operator/$split.ts';
import { $sqrt } from './operator/$sqrt.ts';
import { $stdDevPop } from './operator/$stdDevPop.ts';
import { $stdDevSamp } from './operator/$stdDevSamp.ts';
import { $strcasecmp } from './operator/$strcasecmp.ts';
import { $strLenBytes } from './operator/$strLenBytes.ts';
import { $strLenCP } from './operator/$strLenCP.ts';
import { $substrBytes } from './operator/$substrBytes.ts';
import { $substrCP } from './operator/$substrCP.ts';
import { $subtract } from './operator/$subtract.ts';
import { $sum } from './operator/$sum.ts';
import { $switch } from './operator/$switch.ts';
import { $tan } from './operator/$tan.ts';
import { $tanh } from './operator/$tanh.ts';
import { $toBool } from './operator/$toBool.ts';
import { $toDate } from './operator/$toDate.ts';
import { $toDecimal } from './operator/$toDecimal.ts';
import { $toDouble } from './operator/$toDouble.ts';
import { $toHashedIndexKey } from './operator/$toHashedIndexKey.ts';
import { $toInt } from './operator/$toInt.ts';
import { $toLong } from './operator/$toLong.ts';
import { $toLower } from './operator/$toLower.ts';
import { $toObjectId } from './operator/$toObjectId.ts';
import { $toString } from './operator/$toString.ts';
import { $toUpper } from './operator/$toUpper.ts';
import { $toUUID } from './operator/$toUUID.ts';
import { $trim } from './operator/$trim.ts';
import { $trunc } from './operator/$trunc.ts';
import { $tsIncrement } from './operator/$tsIncrement.ts';
import { $tsSecond } from './operator/$tsSecond.ts';
import { $type } from './operator/$type.ts';
import { $unsetField } from './operator/$unsetField.ts';
import { $week } from './operator/$week.ts';
import { $year } from './operator/$year.ts';
import { $zip } from './operator/$zip.ts';
import type { OperatorParser } from './operator.ts';

/** Every operator of the language, alphabetical. */
const operators: Readonly<Record<string, OperatorParser>> = {
  $abs,
  $acos,
  $acosh,
  $add,
  $allElementsTrue,
  $and,
  $anyElementTrue,
  $arrayElemAt,
  $arrayToObject,
  $asin,
  $asinh,
  $atan,
  $atan2,
  $atanh,
  $avg,
  $binarySize,
  $bitAnd,
  $bitNot,
  $bitOr,
  $bitXor,
  $bsonSize,
  $ceil,
  $cmp,
  $concat,
  $concatArrays,
  $cond,
  $const: $literal,
  $convert,
  $cos,
  $cosh,
  $dateAdd,
  $dateDiff,
  $dateFromParts,
  $dateFromString,
  $dateSubtract,
  $dateToParts,
  $dateToString,
  $dateTrunc,
  $dayOfMonth,
  $dayOfWeek,
  $dayOfYear,
  $degreesToRadians,
  $divide,
  $eq,
  $exp,
  $filter,
  $first,
  $firstN,
  $floor,
  $function,
  $getField,
  $gt,
  $gte,
  $hour,
  $ifNull,
  $in,
  $indexOfArray,
  $indexOfBytes,
  $indexOfCP,
  $isArray,
  $isNumber,
  $isoDayOfWeek,
  $isoWeek,
  $isoWeekYear,
  $last,
  $lastN,
  $let,
  $literal,
  $ln,
  $log,
  $log10,
  $lt,
  $lte,
  $ltrim,
  $map,
  $max,
  $maxN,
  $median,
  $mergeObjects,
  $meta,
  $millisecond,
  $min,
  $minN,
  $minute,
  $mod,
  $month,
  $multiply,
  $ne,
  $not,
  $objectToArray,
  $or,
  $percentile,
  $pow,
  $radiansToDegrees,
  $rand,
  $range,
  $reduce,
  $regexFind,
  $regexFindAll,
  $regexMatch,
  $replaceAll,
  $replaceOne,
  $reverseArray,
  $round,
  $rtrim,
  $second,
  $setDifference,
  $setEquals,
  $setField,
  $setIntersection,
  $setIsSubset,
  $setUnion,
  $sigmoid,
  $sin,
  $sinh,
  $size,
  $slice,
  $sortArray,
  $split,
  $sqrt,
  $stdDevPop,
  $stdDevSamp,
  $strLenBytes,
  $strLenCP,
  $strcasecmp,
  $substr: $substrBytes,
  $substrBytes,
  $substrCP,
  $subtract,
  $sum,
  $switch,
  $tan,
  $tanh,
  $toBool,
  $toDate,
  $toDecimal,
  $toDouble,
  $toHashedIndexKey,
  $toInt,
  $toLong,
  $toLower,
  $toObjectId,
  $toString,
  $toUUID,
  $toUpper,
  $trim,
  $trunc,
  $tsIncrement,
  $tsSecond,
  $type,
  $unsetField,
  $week,
  $year,
  $zip,
};

/** The operator of this name, or undefined. */
export function findOperator(name: string): OperatorParser | undefined {
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

/** The names of all operators. */
export function operatorNames(): readonly string[] {
  return Object.keys(operators);
}

/** Operators that `apiStrict: true` refuses. */
const outsideStableApi: ReadonlySet<string> = new Set(['$toHashedIndexKey', '$meta', '$function', '$accumulator']);

export function isOutsideStableApi(name: string): boolean {
  return outsideStableApi.has(name);
}
