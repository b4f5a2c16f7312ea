import { describeMatch, matching } from './pattern-argument.ts';

export const $regexFind = matching((text, pattern) => {
  const match = pattern.find(text);
  return match === undefined ? null : describeMatch(text, match);
}, null);
