import { bool, nested, required, structure } from '../../bson/structure.ts';

/** `changeStreamPreAndPostImages: { enabled }`. */
export const changeStreamImages = nested(structure('changeStreamPreAndPostImages', { enabled: required(bool) }));
