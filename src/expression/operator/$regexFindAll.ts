import type { Value } from '../../bson/value.ts';
import { describeMatch, matching } from './pattern-argument.ts';

/** Matches do not overlap; behind an empty one the search goes on at the next character. */
export const $regexFindAll = matching((text, pattern) => {
  const matches: Value[] = [];
  let from = 0;
  do {
    const match = pattern.find(text, from);
    if (match === undefined) break;
    matches.push(describeMatch(text, match));
    from = match.end;
    if (match.end === match.start) from += (text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1;
  } while (from < text.length);
  return matches;
}, []);
