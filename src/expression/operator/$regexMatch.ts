import { matching } from './pattern-argument.ts';

export const $regexMatch = matching((text, pattern) => pattern.test(text), false);
