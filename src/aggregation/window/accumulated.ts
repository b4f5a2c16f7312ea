import type { Value } from '../../bson/value.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import type { AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import type { Partition, WindowFunction, WindowParser, WindowSort } from '../window.ts';
import { type WindowBounds, wholePartition } from '../window-bounds.ts';
import { type Frame, framesOf } from '../window-frame.ts';

/** What an accumulator looks like to a window: inputs are read once per document, states take them in and back. */
export interface WindowAccumulator {
  read(scope: Scope): Value | undefined;
  start(scope: Scope): AccumulatorState;
  /** A state for windows that lose documents at their lower end, where that is another one. */
  startSliding?(scope: Scope): AccumulatorState;
}

/** A window function that is an accumulator over each window. */
export function accumulated(definition: AccumulatorDefinition): WindowParser {
  return ({ argument, bounds, context, name, sort }) => {
    const { expressions, options } = context;
    const accumulator = definition.parse(
      argument,
      { place: 'window', expressions, collation: options.collation },
      name,
    );
    return overFrames(accumulator, bounds, sort);
  };
}

/** The function that gives each document what an accumulator makes of its window. */
export function overFrames(
  accumulator: WindowAccumulator,
  bounds: WindowBounds = wholePartition,
  sort: WindowSort | undefined,
): WindowFunction {
  return {
    compute(partition) {
      const inputs = partition.documents.map((_, index) => accumulator.read(partition.scopeAt(index)));
      if (bounds.lower === 'unbounded' && bounds.upper === 'unbounded') return whole(accumulator, inputs, partition);
      const frames = framesOf(bounds, sort, partition);
      return bounds.lower === 'unbounded'
        ? growing(accumulator, inputs, frames, partition)
        : sliding(accumulator, inputs, frames, partition);
    },
  };
}

type Inputs = readonly (Value | undefined)[];

function whole(accumulator: WindowAccumulator, inputs: Inputs, partition: Partition): (Value | undefined)[] {
  const state = accumulator.start(partition.emptyScope);
  for (const input of inputs) state.add(input);
  const result = state.result();
  return inputs.map(() => result);
}

function growing(
  accumulator: WindowAccumulator,
  inputs: Inputs,
  frames: readonly Frame[],
  partition: Partition,
): (Value | undefined)[] {
  const state = accumulator.start(partition.emptyScope);
  let taken = 0;
  return frames.map(({ to }) => {
    for (; taken < to; taken++) state.add(inputs[taken]);
    return resultOf(state, partition);
  });
}

function sliding(
  accumulator: WindowAccumulator,
  inputs: Inputs,
  frames: readonly Frame[],
  partition: Partition,
): (Value | undefined)[] {
  const start = (): AccumulatorState =>
    accumulator.startSliding?.(partition.emptyScope) ?? accumulator.start(partition.emptyScope);
  let state = start();
  if (state.remove === undefined) return frames.map((frame) => afresh(start(), inputs, frame, partition));
  let from = 0;
  let to = 0;
  return frames.map((frame) => {
    if (frame.from >= to) {
      state = start();
      from = frame.from;
      to = frame.from;
    }
    for (; to < frame.to; to++) state.add(inputs[to]);
    for (; from < Math.min(frame.from, to); from++) state.remove?.(inputs[from]);
    return resultOf(state, partition);
  });
}

function afresh(state: AccumulatorState, inputs: Inputs, { from, to }: Frame, partition: Partition): Value | undefined {
  for (let index = from; index < to; index++) {
    partition.emptyScope.step();
    state.add(inputs[index]);
  }
  return resultOf(state, partition);
}

/** The result so far, counted with its elements: they may be made anew for each window. */
function resultOf(state: AccumulatorState, { emptyScope }: Partition): Value | undefined {
  const result = state.result();
  emptyScope.step(Array.isArray(result) ? result.length : 1);
  return result;
}

/** Inputs of an expression. */
export function reading(expression: Expression): (scope: Scope) => Value | undefined {
  return (scope) => expression.evaluate(scope);
}
