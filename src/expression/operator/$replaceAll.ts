import { replacing } from './replacing.ts';
import { checkLength } from './text.ts';

/** An empty string is found before every character and at the end. */
export const $replaceAll = replacing((text, wanted, replacement) => {
  const growth = Math.max(0, replacement.length - wanted.length);
  if (growth > 0) checkLength(text.length + growth * (text.split(wanted).length + 1));
  return text.replaceAll(wanted, () => replacement);
});
