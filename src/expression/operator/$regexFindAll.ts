import type { Value } from '../../bson/value.ts';
import { describeMatch, matching } from './pattern-argument.ts';
import { codePointCount } from './text.ts';

/** What finding one match counts: some patterns take long for each. */
const stepsToFind = 128;

/** Matches do not overlap; behind an empty one the search goes on at the next character. */
export const $regexFindAll = matching((text, pattern, scope) => {
  const matches: Value[] = [];
  let from = 0;
  // The place of the last match, in units and in code points: the next one's is counted from there.
  let [unit, index] = [0, 0];
  do {
    scope.step(stepsToFind);
    const match = pattern.find(text, from);
    if (match === undefined) break;
    index += codePointCount(text.slice(unit, match.start));
    unit = match.start;
    matches.push(describeMatch(text, match, index));
    from = match.end;
    if (match.end === match.start) from += (text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1;
  } while (from < text.length);
  return matches;
}, []);
