import { bool, optional, required, string, structure } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { TreeOperator } from '../operator.ts';
import { requireLanguage } from '../text/language.ts';
import { TextNode } from '../text/text-search.ts';

const parseText = structure('$text', {
  $search: required(string),
  $language: optional(string),
  $caseSensitive: optional(bool),
  $diacriticSensitive: optional(bool),
});

/** Words and phrases in the fields of the collection's text index. */
export const $text: TreeOperator = ({ operand, parsing }) => {
  if (!parsing.isTopLevel || (parsing.place !== 'query' && parsing.place !== 'match')) {
    throw new MongoError('BadValue', '$text is only allowed in the filter of a query, at its top');
  }
  if (!(operand instanceof BsonDocument)) throw new MongoError('BadValue', '$text expects an object');
  for (const name of ['$search', '$language', '$caseSensitive', '$diacriticSensitive']) refuseNull(operand, name);
  const { $search, $language, $caseSensitive, $diacriticSensitive } = parseText(operand);
  if ($language !== undefined && $language !== '') requireLanguage($language);
  return new TextNode(operand, {
    search: $search,
    language: $language,
    isCaseSensitive: $caseSensitive ?? false,
    isDiacriticSensitive: $diacriticSensitive ?? false,
  });
};

function refuseNull(operand: BsonDocument, name: string): void {
  if (operand.get(name) === null) throw new MongoError('TypeMismatch', `"${name}" must not be null`);
}
