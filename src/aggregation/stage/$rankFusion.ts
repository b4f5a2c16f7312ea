/**
 * Reciprocal rank fusion: several pipelines rank the documents of a collection, and each document's score is
 * the sum over the pipelines of weight / (60 + its rank there). Equal sort keys share a rank.
 */
import { document as literal } from '../../bson/literal.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { double } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import type { Scope } from '../../expression/expression.ts';
import type { Sort } from '../../query/sort.ts';
import { setMetadata } from '../metadata.ts';
import { notFirst, parseRankFusion, type RankFusionArgument, type RankingPipeline } from '../rank-fusion-argument.ts';
import { arraySource, type DocumentSource, type Execution } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { valuesOf } from '../stage-privilege.ts';
import { generated, readAll } from '../stream.ts';

const rankConstant = 60;

/** Documents in the order of their fused ranks. */
export const $rankFusion: StageDefinition = {
  ...anywhere,
  position: 'first',
  firstError: notFirst,
  inStableApi: false,
  requires: (argument, { database, collection }) =>
    valuesOf(argument, 'input')
      .flatMap((input) => valuesOf(input, 'pipelines'))
      .flatMap((pipelines) => (pipelines instanceof BsonDocument ? [...pipelines.entries()] : []))
      .map(([, stages]) => ({ kind: 'pipeline', database, collection, stages })),
  parse(argument, context) {
    const fusion = parseRankFusion(argument, context);
    return {
      isSelfSourced: context.place !== 'facet',
      metadata: new Set([
        'score',
        'searchScore',
        'vectorSearchScore',
        ...(fusion.givesDetails ? ['scoreDetails'] : []),
      ]),
      open: (input, scope) =>
        generated(async function* (current) {
          const shared = context.place === 'facet' ? await readAll(input, current()) : undefined;
          yield await fuse(fusion, context, shared, scope, current());
        }),
    };
  },
};

interface Fused {
  readonly document: BsonDocument;
  readonly key: string;
  /** By pipeline. */
  readonly ranks: Map<RankingPipeline, number>;
}

async function fuse(
  fusion: RankFusionArgument,
  context: PipelineContext,
  shared: readonly BsonDocument[] | undefined,
  scope: Scope,
  execution: Execution,
): Promise<BsonDocument[]> {
  const all = new Map<string, Fused>();
  for (const ranking of fusion.pipelines) {
    const source: DocumentSource =
      shared === undefined
        ? await context.openInner(ranking.pipeline, context.namespace, scope.fork(), execution)
        : ranking.pipeline.open(arraySource(shared), scope.fork());
    const ranked = await readAll(source, execution);
    for (const [index, rank] of ranksOf(ranked, ranking).entries()) {
      const document = ranked[index] as BsonDocument;
      const key = encodeKeyPart(document.get('_id'));
      const fused = all.get(key) ?? { document, key, ranks: new Map() };
      fused.ranks.set(ranking, rank);
      all.set(key, fused);
    }
  }
  const scored = [...all.values()].map((fused) => ({ ...fused, score: scoreOf(fused) }));
  scored.sort((left, right) => right.score - left.score || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  for (const fused of scored) setMetadata(fused.document, metadataOf(fused, fused.score, fusion));
  return scored.map(({ document }) => document);
}

/** Ranks from 1 on by the pipeline's last $sort; documents that it holds equal share one. */
function ranksOf(ranked: readonly BsonDocument[], { pipeline }: RankingPipeline): number[] {
  const sort = pipeline.stages.map(({ stage }) => stage.leading).findLast((part) => part?.kind === 'sort');
  const keyOf = sort?.kind === 'sort' ? keysOf(sort.sort) : undefined;
  let rank = 0;
  let previous: string | undefined;
  return ranked.map((document, index) => {
    const key = keyOf?.(document);
    if (key === undefined || key !== previous) rank = index + 1;
    previous = key;
    return rank;
  });
}

function keysOf(sort: Sort): (document: BsonDocument) => string {
  return (document) => sort.keyOf(document);
}

function scoreOf({ ranks }: Fused): number {
  let score = 0;
  for (const [{ weight }, rank] of ranks) score += weight * (1 / (rankConstant + rank));
  return score;
}

function metadataOf({ ranks }: Fused, score: number, fusion: RankFusionArgument): Map<string, Value> {
  const metadata = new Map<string, Value>([['score', double(score)]]);
  if (!fusion.givesDetails) return metadata;
  const details = fusion.pipelines.map((ranking) => {
    const rank = ranks.get(ranking);
    const inputPipelineName = ranking.name;
    return rank === undefined
      ? { inputPipelineName, rank: 'NA' }
      : { inputPipelineName, rank, weight: double(ranking.weight), details: [] };
  });
  const description = `value output by reciprocal rank fusion algorithm, computed as sum of (weight * (1 / (${rankConstant} + rank))) across input pipelines from which this document is output, from:`;
  return metadata.set('scoreDetails', literal({ value: double(score), description, details }));
}
