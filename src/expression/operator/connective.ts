import { Constant, type Expression, type Scope } from '../expression.ts';
import { type Argument, isTruthy, type OperatorParser, parseArguments } from '../operator.ts';

class Connective implements Expression {
  readonly #operands: readonly Expression[];
  readonly #decisive: boolean;
  constructor(operands: readonly Expression[], decisive: boolean) {
    this.#operands = operands;
    this.#decisive = decisive;
  }
  evaluate(scope: Scope): Argument {
    for (const operand of this.#operands) {
      scope.step();
      if (isTruthy(operand.evaluate(scope)) === this.#decisive) return this.#decisive;
    }
    return !this.#decisive;
  }
}

/**
 * `$and` (decided by the first false) and `$or` (by the first true). A constant that decides makes the whole constant,
 * wherever it stands; other constants say nothing.
 */
export function connective(decisive: boolean): OperatorParser {
  return (call) => {
    const operands: Expression[] = [];
    for (const operand of parseArguments(call, 0, Number.POSITIVE_INFINITY)) {
      if (!(operand instanceof Constant)) operands.push(operand);
      else if (isTruthy(operand.value) === decisive) return new Constant(decisive);
    }
    return operands.length === 0 ? new Constant(!decisive) : new Connective(operands, decisive);
  };
}
