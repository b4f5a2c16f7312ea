/** A switch that makes something fail on request: off, always on, or for some of the times that it is reached. */
import { toDouble } from '../bson/number.ts';
import { any, integral, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import type { Randomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';

type Mode =
  | { readonly kind: 'off' }
  | { readonly kind: 'alwaysOn' }
  /** So many more times. */
  | { readonly kind: 'times'; remaining: number }
  /** Not before it was passed so many more times. */
  | { readonly kind: 'skip'; remaining: number }
  | { readonly kind: 'activationProbability'; readonly probability: number };

const modeFields = structure('mode', {
  times: optional(integral),
  skip: optional(integral),
  activationProbability: optional(any),
});

export class FailPoint<Data> {
  readonly #randomness: Randomness;
  readonly #parseData: (data: BsonDocument) => Data;
  #mode: Mode = { kind: 'off' };
  #entered = 0;
  data: Data;

  constructor(randomness: Randomness, parseData: (data: BsonDocument) => Data) {
    this.#randomness = randomness;
    this.#parseData = parseData;
    this.data = parseData(BsonDocument.empty);
  }

  /** Whether it may fail anything at all. */
  get isArmed(): boolean {
    return this.#mode.kind !== 'off';
  }

  /**
   * Sets mode and data; answers how often it was entered since it was set before.
   * @throws MongoError BadValue for an unknown mode, TypeMismatch for what it is made of.
   */
  configure(mode: Value | undefined, data: BsonDocument | undefined): number {
    const entered = this.#entered;
    const parsed = parseMode(mode);
    this.data = this.#parseData(data ?? BsonDocument.empty);
    this.#mode = parsed;
    this.#entered = 0;
    return entered;
  }

  /** It is reached: answers whether it fails this time. */
  enter(): boolean {
    if (!this.#isActive()) return false;
    this.#entered++;
    return true;
  }

  #isActive(): boolean {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'off':
        return false;
      case 'alwaysOn':
        return true;
      case 'times':
        if (--mode.remaining <= 0) this.#mode = { kind: 'off' };
        return true;
      case 'skip':
        if (mode.remaining === 0) return true;
        mode.remaining--;
        return false;
      case 'activationProbability':
        return this.#randomness.fraction() < mode.probability;
    }
  }
}

function parseMode(mode: Value | undefined): Mode {
  if (mode === 'off') return { kind: 'off' };
  if (mode === 'alwaysOn') return { kind: 'alwaysOn' };
  if (!(mode instanceof BsonDocument)) {
    throw new MongoError('BadValue', `unknown mode: ${String(mode)}; expected 'off', 'alwaysOn' or a document`);
  }
  const { times, skip, activationProbability: probability } = modeFields(mode);
  if (times !== undefined) return times > 0 ? { kind: 'times', remaining: times } : { kind: 'off' };
  if (skip !== undefined) return { kind: 'skip', remaining: Math.max(skip, 0) };
  if (!isNumeric(probability)) throw new MongoError('TypeMismatch', 'activationProbability has to be a number');
  const parsed = toDouble(probability);
  if (parsed < 0 || parsed > 1) {
    throw new MongoError('BadValue', `activationProbability must be between 0.0 and 1.0; found ${parsed}`);
  }
  return { kind: 'activationProbability', probability: parsed };
}
