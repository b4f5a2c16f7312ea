/**
 * What transactions did, as their clients saw it. Every key holds a list, and every append adds a number that no other
 * append adds: so each read tells which appends it saw and in which order they were made.
 */
export interface Append {
  readonly kind: 'append';
  readonly key: number;
  readonly value: number;
}

export interface Read {
  readonly kind: 'read';
  readonly key: number;
  /** The whole list; empty where the key does not exist. */
  readonly values: readonly number[];
}

export type Step = Append | Read;

/** `unknown`: the commit was not answered. It counts as committed when somebody saw it. */
export type Outcome = 'committed' | 'aborted' | 'unknown';

export interface Transaction {
  readonly id: number;
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** Before the first step was sent, and after the last answer came: numbers of one counter for the whole history. */
  readonly begin: number;
  readonly end: number;
}

export type History = readonly Transaction[];

export type AnomalyName =
  | 'dirty read'
  | 'intermediate read'
  | 'non-repeatable read'
  | 'unseen own write'
  | 'lost update'
  | 'read skew'
  | 'long fork'
  | 'circular information flow'
  | 'stale read'
  | 'repeated write'
  | 'invented value'
  | 'diverging order';

export interface Anomaly {
  readonly name: AnomalyName;
  readonly text: string;
}
