import { replacing } from './replacing.ts';

/** An empty string is found before every character of MongoDB's bytes, and at the end. */
export const $replaceAll = replacing((text, wanted, replacement) => text.replaceAll(wanted, () => replacement));
