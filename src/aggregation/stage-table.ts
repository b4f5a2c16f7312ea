import { $addFields } from './stage/$addFields.ts';
import { $count } from './stage/$count.ts';
import { $documents } from './stage/$documents.ts';
import { $facet } from './stage/$facet.ts';
import { $graphLookup } from './stage/$graphLookup.ts';
import { $group } from './stage/$group.ts';
import { $limit } from './stage/$limit.ts';
import { $lookup } from './stage/$lookup.ts';
import { $match } from './stage/$match.ts';
import { $project } from './stage/$project.ts';
import { $redact } from './stage/$redact.ts';
import { $replaceRoot } from './stage/$replaceRoot.ts';
import { $replaceWith } from './stage/$replaceWith.ts';
import { $sample } from './stage/$sample.ts';
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
  $count,
  $documents,
  $facet,
  $graphLookup,
  $group,
  $limit,
  $lookup,
  $match,
  $project,
  $redact,
  $replaceRoot,
  $replaceWith,
  $sample,
  $set: $addFields,
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
