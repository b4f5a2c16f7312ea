/**
 * Server parameters: one literal table with each parameter's type, default, bounds and when it may be set, and a store
 * of the values of one server. getParameter and setParameter speak to the store; whoever needs a value asks it by name.
 */
import { MongoError } from '../error/mongo-error.ts';
import { type ParameterName, type ParameterRow, parameterTable } from './table.ts';

export type ParameterValue = number | boolean | string;

type ValueOf<Row> = Row extends { default: number } ? number : Row extends { default: boolean } ? boolean : string;

export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(parameterTable, name);
}

/** The parameters of one server. */
export class ParameterStore {
  readonly #values = new Map<ParameterName, ParameterValue>();

  get<Name extends ParameterName>(name: Name): ValueOf<(typeof parameterTable)[Name]> {
    const row: ParameterRow = parameterTable[name];
    return (this.#values.get(name) ?? row.default) as ValueOf<(typeof parameterTable)[Name]>;
  }

  /** Sets a parameter; throws as `check` does. */
  set(name: string, value: ParameterValue, moment: 'startup' | 'runtime'): void {
    const [known, fitting] = this.#fit(name, value, moment);
    this.#values.set(known, fitting);
  }

  /** Throws InvalidOptions, BadValue, TypeMismatch, Overflow or IllegalOperation where setParameter would. */
  check(name: string, value: ParameterValue, moment: 'startup' | 'runtime'): void {
    this.#fit(name, value, moment);
  }

  #fit(name: string, value: ParameterValue, moment: 'startup' | 'runtime'): [ParameterName, ParameterValue] {
    if (!isParameterName(name)) {
      throw new MongoError(
        'InvalidOptions',
        `attempted to set unrecognized parameter [${name}], use help:true to see options`,
      );
    }
    const row: ParameterRow = parameterTable[name];
    if (!row.setAt.includes(moment)) {
      throw new MongoError('IllegalOperation', `not allowed to change [${name}] at ${moment}`);
    }
    return [name, checked(name, row, value)];
  }

  names(): ParameterName[] {
    return Object.keys(parameterTable) as ParameterName[];
  }

  row(name: ParameterName): ParameterRow {
    return parameterTable[name];
  }
}

/** The names of a list, without white space around them. */
export function listOf(text: string): string[] {
  return text.split(',').map((element) => element.trim());
}

function checkedList(name: string, elements: readonly string[], text: string): string {
  const names = listOf(text);
  const unknown = names.find((element) => !elements.includes(element));
  if (unknown === undefined) return names.join(',');
  throw new MongoError(
    'BadValue',
    `Invalid value for parameter ${name}: '${unknown}' is none of ${elements.join(', ')}`,
  );
}

function checked(name: string, row: ParameterRow, value: ParameterValue): ParameterValue {
  if (typeof row.default === 'boolean') {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return value !== 0;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw new MongoError('BadValue', `Invalid value for parameter ${name}: ${value} is not a boolean`);
  }
  if (typeof row.default === 'string') {
    const text = String(value);
    if (row.elements !== undefined) return checkedList(name, row.elements, text);
    if (row.longestBytes === undefined || Buffer.byteLength(text) <= row.longestBytes) return text;
    throw new MongoError('Overflow', `Value for parameter ${name} must be no more than ${row.longestBytes} bytes`);
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw new MongoError('BadValue', `Invalid value for parameter ${name}: ${value} is not a number`);
  }
  const whole = row.isFractional === true ? number : Math.trunc(number);
  if (row.min !== undefined && whole < row.min) {
    throw new MongoError(
      'BadValue',
      `Invalid value for parameter ${name}: ${whole} is not greater than or equal to ${row.min}`,
    );
  }
  if (row.max !== undefined && whole > row.max) {
    throw new MongoError(
      'BadValue',
      `Invalid value for parameter ${name}: ${whole} is not less than or equal to ${row.max}`,
    );
  }
  return whole;
}
