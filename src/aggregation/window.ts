/**
 * Window functions: one value per document, made of the documents around it. $setWindowFields sorts its documents into
 * partitions and hands each partition over as a whole; a function answers with one value for each document.
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Expression, Scope } from '../expression/expression.ts';
import type { PipelineContext } from './stage.ts';
import type { WindowBounds } from './window-bounds.ts';

/** The documents that belong together, in order. */
export class Partition {
  readonly documents: readonly BsonDocument[];
  /** Sort keys of the documents; equal keys are ties. */
  readonly keys: readonly string[];
  readonly #scope: Scope;

  constructor(documents: readonly BsonDocument[], keys: readonly string[], scope: Scope) {
    this.documents = documents;
    this.keys = keys;
    this.#scope = scope;
  }

  get size(): number {
    return this.documents.length;
  }

  /** The scope, moved to the document at this position. */
  scopeAt(index: number): Scope {
    return this.#scope.on(this.documents[index] as BsonDocument);
  }

  /** The scope without a document, for what is fixed per partition. */
  get emptyScope(): Scope {
    return this.#scope;
  }

  /** Values of an expression, one for each document. */
  values(expression: Expression): (Value | undefined)[] {
    return this.documents.map((document) => expression.evaluate(this.#scope.on(document)));
  }
}

/** A window function whose argument was read. */
export interface WindowFunction {
  /** One value for each document; undefined leaves the field out. */
  compute(partition: Partition): readonly (Value | undefined)[];
}

/** How $setWindowFields is sorted. */
export interface WindowSort {
  /** The path and direction of the only field, where there is one only. */
  readonly only: { readonly path: string; readonly isDescending: boolean; readonly value: Expression } | undefined;
}

/** One use of a window function: `{$name: argument, window: …}`. */
export interface WindowCall {
  readonly name: string;
  readonly argument: Value;
  /** Absent where no `window` was given. */
  readonly bounds: WindowBounds | undefined;
  /** Absent without `sortBy`. */
  readonly sort: WindowSort | undefined;
  readonly context: PipelineContext;
}

/** Reads the argument; throws what MongoDB throws for it. */
export type WindowParser = (call: WindowCall) => WindowFunction;
