import { toDouble } from '../bson/number.ts';
import { bool, object, optional, required, structure, wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { checkFieldName } from '../expression/field-path.ts';
import type { Pipeline, PipelineContext, PipelineStage } from './stage.ts';

const parseFields = structure('$rankFusion', {
  input: required(object),
  combination: optional(object),
  scoreDetails: optional(bool),
});
const parseInput = structure('$rankFusion.input', { pipelines: required(object) });
const parseCombination = structure('$rankFusion.combination', { weights: required(object) });

/** One of the pipelines that rank documents. */
export interface RankingPipeline {
  readonly name: string;
  readonly weight: number;
  readonly pipeline: Pipeline;
}

export interface RankFusionArgument {
  readonly pipelines: readonly RankingPipeline[];
  readonly givesDetails: boolean;
}

/** Reads the argument of $rankFusion; throws what MongoDB throws for it. */
export function parseRankFusion(argument: Value, context: PipelineContext): RankFusionArgument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'FailedToParse',
      `$rankFusion stage specification must be an object, found ${typeName(argument)}`,
    );
  }
  const { combination, input, scoreDetails = false } = parseFields(argument);
  const { pipelines } = parseInput(input);
  const named = [...pipelines.entries()].map(([name, stages]) => ({ name, stages: requireStages(name, stages) }));
  const weights = combination === undefined ? BsonDocument.empty : parseCombination(combination).weights;
  if (named.length === 0) {
    throw new MongoError('BadValue', '$rankFusion input pipelines must not be empty');
  }
  for (const { name } of named) checkFieldName(name);
  const weightOf = parseWeights(weights, new Set(named.map(({ name }) => name)));
  return {
    givesDetails: scoreDetails,
    pipelines: named.map(({ name, stages }) => ({
      name,
      weight: weightOf(name),
      pipeline: parseRanking(name, stages, context),
    })),
  };
}

function requireStages(name: string, value: Value): readonly BsonDocument[] {
  const path = `$rankFusion.input.pipelines.${name}`;
  if (!Array.isArray(value)) throw wrongType(value, path, 'array');
  return value.map((stage: Value, index) => object(stage, `${path}.${index}`));
}

/** Stages that rank documents anew; a pipeline inside of $rankFusion may be no such. */
const fusions: ReadonlySet<string> = new Set(['$rankFusion', '$scoreFusion']);
/** Stages that choose and order documents and leave them as they are. */
const selections: ReadonlySet<string> = new Set(['$match', '$sort', '$skip', '$limit', '$sample', '$geoNear']);

function parseRanking(name: string, stages: readonly BsonDocument[], context: PipelineContext): Pipeline {
  if (stages.length === 0) {
    throw new MongoError('Location9834300', `$rankFusion input pipeline cannot be empty: ${name}`);
  }
  for (const [index, stage] of stages.entries()) {
    if (!fusions.has(stage.firstKey() ?? '')) continue;
    if (index === 0) {
      throw new MongoError(
        'Location10473002',
        `$rankFusion input pipeline '${name}' cannot contain a nested fusion stage`,
      );
    }
    throw notFirst(stage.firstKey() ?? '');
  }
  const pipeline = context.parseInner(stages, { place: 'rankFusion' });
  for (const stage of pipeline.stages) {
    if (selections.has(stage.name) && !changesDocuments(stage)) continue;
    throw new MongoError(
      'Location9191103',
      `Input stages of $rankFusion must be selection stages: ${stage.name} in '${name}' is not one`,
    );
  }
  if (!pipeline.stages.some((stage) => stage.name === '$sort' || stage.name === '$geoNear')) {
    throw new MongoError(
      'Location9191100',
      `All subpipelines to the $rankFusion stage must be ranked pipelines: '${name}' is not`,
    );
  }
  return pipeline;
}

/** $geoNear chooses and orders, unless it writes what it found into the documents. */
function changesDocuments({ name, specification }: PipelineStage): boolean {
  const argument = specification.get(name);
  if (name !== '$geoNear' || !(argument instanceof BsonDocument)) return false;
  return argument.has('distanceField') || argument.has('includeLocs');
}

/** The error of a fusion stage behind others. */
export function notFirst(name: string): MongoError {
  return new MongoError('Location10170100', `${name} is only allowed as the first stage of a pipeline`);
}

function parseWeights(weights: BsonDocument, names: ReadonlySet<string>): (name: string) => number {
  const parsed = new Map<string, number>();
  for (const [name, value] of weights.entries()) {
    if (!names.has(name)) {
      throw new MongoError(
        'Location9967500',
        `$rankFusion stage contained weight for a pipeline that is not there: ${name}`,
      );
    }
    if (!isNumeric(value)) {
      throw wrongType(value, `$rankFusion.combination.weights.${name}`, 'long', 'int', 'decimal', 'double');
    }
    const weight = toDouble(value);
    if (!(weight >= 0))
      throw new MongoError('Location9460300', `Rank fusion pipeline weight must be non-negative, but given ${weight}`);
    parsed.set(name, weight);
  }
  return (name) => parsed.get(name) ?? 1;
}
