import { type Modifier, operator, removed } from '../modifier.ts';

const removeValue: Modifier = {
  change: () => removed,
  create: () => undefined,
  toleratesBlockedPath: () => true,
};

export const unset = operator('$unset', () => removeValue);
