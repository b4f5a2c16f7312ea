/** Thrown when Sojourn itself is wrong: the command fails as InternalError, its connection ends, the others go on. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Checks what only our own bug can make false. Never for input. */
export function invariant(condition: false, message: string): never;
export function invariant(condition: unknown, message: string): asserts condition;
export function invariant(condition: unknown, message: string): void {
  if (!condition) throw new InvariantViolation(message);
}
