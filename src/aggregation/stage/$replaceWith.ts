import type { StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { replacingRoot } from './$replaceRoot.ts';

/** $replaceRoot whose argument is the expression itself. */
export const $replaceWith: StageDefinition = {
  ...anywhereAndInUpdate,
  parse: (argument, context) => replacingRoot(argument, context, "'replacement document' "),
};
