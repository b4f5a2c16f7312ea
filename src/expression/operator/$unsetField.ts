import { NamedArguments, type OperatorParser } from '../operator.ts';
import { SetField, setFieldCodes } from './set-field.ts';

export const $unsetField: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['field', 'input'], setFieldCodes);
  const field = named.require('field', 'Location4161102');
  const input = named.require('input', 'Location4161109');
  return SetField.parse(call, field, call.parse(input), undefined);
};
