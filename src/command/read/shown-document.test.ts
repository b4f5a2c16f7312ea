import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../../bson/literal.ts';
import { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { encodeRecordId } from '../../catalog/record-id.ts';
import { emptyEnvironment } from '../../expression/environment.ts';
import { Scope } from '../../expression/expression.ts';
import { parseFilter } from '../../query/filter.ts';
import { type IndexDescriptor, indexFields } from '../../query/index-descriptor.ts';
import { planQuery } from '../../query/plan.ts';
import { type ShowOptions, shownBy } from './shown-document.ts';

type Shape = { readonly [name: string]: Literal };

const keyPattern = document({ tags: -1, 'size.width': 1 });
const index: IndexDescriptor = {
  name: 'tags_size',
  keyPattern,
  fields: indexFields(keyPattern),
  kind: 'ordered',
  isUnique: false,
  isSparse: false,
  isHidden: false,
  isMultikey: true,
  multikeyPaths: ['tags'],
  partialFilter: undefined,
  collation: undefined,
  wildcardProjection: undefined,
};

const stored = { _id: 1, tags: ['a', 'c', 'b'], size: { width: 7 } };

function show(filter: Shape, options: ShowOptions): unknown {
  const parsed = parseFilter(document(filter));
  const plan = planQuery({ filter: parsed }, [index]);
  const query = { projection: undefined, scope: new Scope(emptyEnvironment, BsonDocument.empty) };
  const record = { key: encodeRecordId(5), bytes: encodeDocument(document(stored)) };
  return shownBy(query, plan, options)(record);
}

describe('what find shows of a record', () => {
  it('is the document', () => {
    expect(show({}, {})).toEqual(document(stored));
  });

  it('is with returnKey the key of the index that was met first, by the paths of its pattern', () => {
    expect(show({ tags: { $gte: 'a' } }, { returnKey: true })).toEqual(document({ tags: 'c', 'size.width': 7 }));
    expect(show({ tags: 'b' }, { returnKey: true })).toEqual(document({ tags: 'b', 'size.width': 7 }));
  });

  it('is with returnKey nothing where no index was read', () => {
    expect(show({ other: 1 }, { returnKey: true })).toEqual(document({}));
  });

  it('ends with showRecordId in the number of the record', () => {
    expect(show({}, { showRecordId: true })).toEqual(document({ ...stored, $recordId: 5n }));
  });
});
