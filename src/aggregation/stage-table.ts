import { $addFields } from './stage/$addFields.ts';
import { $bucket } from './stage/$bucket.ts';
import { $bucketAuto } from './stage/$bucketAuto.ts';
import { $changeStream } from './stage/$changeStream.ts';
import { $changeStreamSplitLargeEvent } from './stage/$changeStreamSplitLargeEvent.ts';
import { $collStats } from './stage/$collStats.ts';
import { $count } from './stage/$count.ts';
import { $currentOp } from './stage/$currentOp.ts';
import { $densify } from './stage/$densify.ts';
import { $documents } from './stage/$documents.ts';
import { $facet } from './stage/$facet.ts';
import { $fill } from './stage/$fill.ts';
import { $geoNear } from './stage/$geoNear.ts';
import { $graphLookup } from './stage/$graphLookup.ts';
import { $group } from './stage/$group.ts';
import { $indexStats } from './stage/$indexStats.ts';
import { $limit } from './stage/$limit.ts';
import { $listCatalog } from './stage/$listCatalog.ts';
import { $listClusterCatalog } from './stage/$listClusterCatalog.ts';
import { $listLocalCursors } from './stage/$listLocalCursors.ts';
import { $listLocalSessions } from './stage/$listLocalSessions.ts';
import { $listSampledQueries } from './stage/$listSampledQueries.ts';
import { $listSearchIndexes } from './stage/$listSearchIndexes.ts';
import { $listSessions } from './stage/$listSessions.ts';
import { $lookup } from './stage/$lookup.ts';
import { $match } from './stage/$match.ts';
import { $merge } from './stage/$merge.ts';
import { $out } from './stage/$out.ts';
import { $planCacheStats } from './stage/$planCacheStats.ts';
import { $project } from './stage/$project.ts';
import { $querySettings } from './stage/$querySettings.ts';
import { $queryStats } from './stage/$queryStats.ts';
import { $rankFusion } from './stage/$rankFusion.ts';
import { $redact } from './stage/$redact.ts';
import { $replaceRoot } from './stage/$replaceRoot.ts';
import { $replaceWith } from './stage/$replaceWith.ts';
import { $sample } from './stage/$sample.ts';
import { $setWindowFields } from './stage/$setWindowFields.ts';
import { $skip } from './stage/$skip.ts';
import { $sort } from './stage/$sort.ts';
import { $sortByCount } from './stage/$sortByCount.ts';
import { $unionWith } from './stage/$unionWith.ts';
import { $unset } from './stage/$unset.ts';
import { $unwind } from './stage/$unwind.ts';
import type { StageDefinition } from './stage.ts';

/** Every stage, alphabetical. */
const stages: Readonly<Record<string, StageDefinition>> = {
  $addFields,
  $bucket,
  $bucketAuto,
  $changeStream,
  $changeStreamSplitLargeEvent,
  $collStats,
  $count,
  $currentOp,
  $densify,
  $documents,
  $facet,
  $fill,
  $geoNear,
  $graphLookup,
  $group,
  $indexStats,
  $limit,
  $listCatalog,
  $listClusterCatalog,
  $listLocalCursors,
  $listLocalSessions,
  $listSampledQueries,
  $listSearchIndexes,
  $listSessions,
  $lookup,
  $match,
  $merge,
  $out,
  $planCacheStats,
  $project,
  $querySettings,
  $queryStats,
  $rankFusion,
  $redact,
  $replaceRoot,
  $replaceWith,
  $sample,
  $set: $addFields,
  $setWindowFields,
  $skip,
  $sort,
  $sortByCount,
  $unionWith,
  $unset,
  $unwind,
};

/** The stage of this name, or undefined. */
export function findStage(name: string): StageDefinition | undefined {
  return Object.hasOwn(stages, name) ? stages[name] : undefined;
}

/** The names of all stages. */
export function stageNames(): readonly string[] {
  return Object.keys(stages);
}
