import { replacing } from './replacing.ts';

export const $replaceOne = replacing((text, wanted, replacement) => text.replace(wanted, () => replacement));
