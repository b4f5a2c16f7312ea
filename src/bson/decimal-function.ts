/**
 * Functions of real numbers on wide decimals of any size. `decimal.js` has them all, but the time that it takes grows with
 * the exponent: past some hundred digits before or behind the point it calculates for seconds, or for ever. So arguments
 * that are far from 1 are brought near it first; in between `decimal.js` does the work.
 */
import { type Decimal, WideDecimal } from './decimal.ts';
import { exactOfExponential } from './exact-decimal.ts';

/** Below ten to this power x, sin x and their kin agree in more digits than are kept; above its opposite so do e^x ± e^-x. */
const negligiblePower = -40;

/** From here on e^x is beyond every decimal128. */
const largestPower = 20_000;

/** Digits of an argument that can show in a result. */
const argumentDigits = 200;

/** Digits behind the point of a reduced angle. */
const angleDigits = 200;

const one = new WideDecimal(1);

function isTiny(value: Decimal): boolean {
  return value.isZero() || value.e < negligiblePower;
}

function isHuge(value: Decimal): boolean {
  return value.isFinite() && value.e > -negligiblePower;
}

/** Without digits that cannot show. */
function trimmed(value: Decimal): Decimal {
  return value.precision() > argumentDigits ? value.toSignificantDigits(argumentDigits) : value;
}

/** A function that is `decimal.js`'s own near 1, and its argument where that is tiny. */
function likeItsArgument(apply: (value: Decimal) => Decimal): (value: Decimal) => Decimal {
  return (value) => (isTiny(value) ? trimmed(value) : apply(trimmed(value)));
}

export function sine(angle: Decimal): Decimal {
  return isTiny(angle) ? trimmed(angle) : reducedAngle(angle).sin();
}

export function cosine(angle: Decimal): Decimal {
  return isTiny(angle) ? one : reducedAngle(angle).cos();
}

export function tangent(angle: Decimal): Decimal {
  return angle.isFinite() ? sine(angle).dividedBy(cosine(angle)) : angle.tan();
}

export function hyperbolicSine(value: Decimal): Decimal {
  if (!value.isFinite() || isTiny(value)) return trimmed(value);
  const size = trimmed(value.abs());
  if (size.lessThan(1)) return trimmed(value).sinh();
  const power = exponentialOf(size);
  const half = power.minus(one.dividedBy(power)).dividedBy(2);
  return value.isNegative() ? half.negated() : half;
}

export function hyperbolicCosine(value: Decimal): Decimal {
  if (!value.isFinite()) return value.abs();
  if (isTiny(value)) return one;
  const power = exponentialOf(trimmed(value.abs()));
  return power.plus(one.dividedBy(power)).dividedBy(2);
}

export function hyperbolicTangent(value: Decimal): Decimal {
  if (value.isNaN() || isTiny(value)) return trimmed(value);
  const size = trimmed(value.abs());
  if (size.lessThan(1)) return hyperbolicSine(value).dividedBy(hyperbolicCosine(value));
  const square = exponentialOf(size.times(2));
  const ratio = one.minus(new WideDecimal(2).dividedBy(square.plus(1)));
  return value.isNegative() ? ratio.negated() : ratio;
}

export const arcSine = likeItsArgument((value) => value.asin());
export const arcCosine = (value: Decimal): Decimal => trimmed(value).acos();
export const arcTangent = likeItsArgument((value) => value.atan());
export const hyperbolicArcTangent = likeItsArgument((value) => value.atanh());

export const hyperbolicArcSine = likeItsArgument((value) => {
  if (!isHuge(value)) return value.asinh();
  const logarithm = value.abs().times(2).ln();
  return value.isNegative() ? logarithm.negated() : logarithm;
});

export function hyperbolicArcCosine(value: Decimal): Decimal {
  const argument = trimmed(value);
  return isHuge(argument) ? argument.times(2).ln() : argument.acosh();
}

function exponentialOf(power: Decimal): Decimal {
  return power.greaterThan(largestPower) ? new WideDecimal(Number.POSITIVE_INFINITY) : power.exp();
}

/** The same angle less than one turn from zero; exact, since what is left of a huge one lies in its last digits. */
function reducedAngle(angle: Decimal): Decimal {
  if (!angle.isFinite() || angle.abs().lessThan(10)) return trimmed(angle);
  const exact = exactOfExponential(angle.toExponential());
  if (exact.kind !== 'finite') return angle;
  const digits = angleDigits + angle.e + 5;
  const shift = digits + exact.exponent;
  const scaled = shift >= 0 ? exact.coefficient * 10n ** BigInt(shift) : exact.coefficient / 10n ** BigInt(-shift);
  const rest = scaled % (2n * piTimes(digits));
  const reduced = new WideDecimal(`${rest}e${-digits}`).toSignificantDigits(argumentDigits);
  return exact.isNegative ? reduced.negated() : reduced;
}

let knownPi = { digits: 0, value: 3n };

/** π times ten to the power of `digits`, cut off (Machin's formula). */
function piTimes(digits: number): bigint {
  if (knownPi.digits < digits) {
    const guard = 10;
    const unit = 10n ** BigInt(digits + guard);
    const value = (16n * inverseArcTangent(5n, unit) - 4n * inverseArcTangent(239n, unit)) / 10n ** BigInt(guard);
    knownPi = { digits, value };
  }
  return knownPi.value / 10n ** BigInt(knownPi.digits - digits);
}

/** arctan(1 / x) in units. */
function inverseArcTangent(x: bigint, unit: bigint): bigint {
  const square = x * x;
  let power = unit / x;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power = -power / square;
    sum += power / odd;
  }
  return sum;
}
