import { NamedArguments, type OperatorParser } from '../operator.ts';
import { SetField, setFieldCodes } from './set-field.ts';

export const $setField: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['field', 'input', 'value'], setFieldCodes);
  const field = named.require('field', 'Location4161102');
  const value = named.require('value', 'Location4161103');
  const input = named.require('input', 'Location4161109');
  return SetField.parse(call, field, call.parse(input), call.parse(value));
};
