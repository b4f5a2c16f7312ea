import { describe, expect, it } from 'vitest';
import type { StagePlace } from '../../aggregation/stage-privilege.ts';
import { stageNames } from '../../aggregation/stage-table.ts';
import type { Resource } from '../../auth/resource.ts';
import { document, type Literal } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { mayRunPipeline } from './pipeline.ts';

const place: StagePlace = { database: 'shop', collection: 'items', bypassesValidation: false };

function print(resource: Resource): string {
  if (resource.kind === 'collection') return `${resource.database}.${resource.collection}`;
  return resource.kind === 'database' ? resource.database : resource.kind;
}

/** Everything that is asked for, with every answer a yes. */
function asked(stages: Value, at = place): string[] {
  const rights = new Set<string>();
  mayRunPipeline([stages], (action, resource) => rights.add(`${action} ${print(resource)}`) !== undefined, at);
  return [...rights].sort();
}

function stages(...given: readonly { readonly [name: string]: Literal }[]): Value {
  return given.map((stage) => document(stage));
}

/** A document with the fields of both, also where they have the same name. */
function doubled(first: BsonDocument, second: BsonDocument): BsonDocument {
  const fields = [encodeDocument(first), encodeDocument(second)].map((bytes) => bytes.subarray(4, -1));
  const body = Buffer.concat([Buffer.alloc(4), ...fields, Buffer.from([0])]);
  body.writeInt32LE(body.length, 0);
  return BsonDocument.fromBytes(body);
}

describe('the rights of a pipeline', () => {
  it('are those of each pipeline inside, wherever it stands', () => {
    const inner = stages({ $unionWith: { coll: 'c', pipeline: stages({ $graphLookup: { from: 'd' } }) } });
    const facet = { all: stages({ $lookup: { from: 'b', pipeline: inner } }) };
    expect(asked(stages({ $match: {} }, { $facet: facet }, { $out: { db: 'other', coll: 'e' } }))).toEqual([
      'find shop.b',
      'find shop.c',
      'find shop.d',
      'find shop.items',
      'insert other.e',
      'remove other.e',
    ]);
  });

  it('count a field twice that stands twice', () => {
    const join = doubled(document({ from: 'open' }), document({ from: 'hidden' }));
    expect(asked(stages({ $lookup: join }))).toEqual(['find shop.hidden', 'find shop.items', 'find shop.open']);
    const union = doubled(document({ coll: 'open' }), document({ coll: 'hidden' }));
    expect(asked(stages({ $unionWith: union }))).toContain('find shop.hidden');
  });

  it('are asked for stages that stand where they may not, too', () => {
    expect(asked(stages({ $match: {} }, { $indexStats: {} }))).toEqual(['find shop.items', 'indexStats shop.items']);
    expect(asked(stages({ $lookup: { from: 'b', pipeline: stages({ $collStats: {} }) } }))).toEqual([
      'collStats shop.b',
      'find shop.items',
    ]);
  });

  it('are those of the command alone where nothing can be read as a pipeline', () => {
    for (const wrong of ['text', [1], stages({}), stages({ $none: {} }), stages({ $lookup: 5 })]) {
      expect(asked(wrong)).toContain('find shop.items');
    }
  });

  it('are at least one for each stage, but for those that make their documents of nothing or show one’s own', () => {
    const free = stageNames().filter((name) => asked(stages({ [name]: {} })).length === 0);
    expect(free).toEqual(['$currentOp', '$documents', '$listLocalSessions', '$listSessions']);
  });
});
