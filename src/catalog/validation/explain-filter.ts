/**
 * Why a document does not meet a validator, clause by clause, as MongoDB tells it in `errInfo.details` (manual, "Specify
 * JSON Schema Validation"). Works from the specification: each clause is tried by itself, and those that fail are named.
 * Runs only after a document has failed, so it may take its time.
 */
import { document, type Literal } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import type { Collation } from '../../query/collation.ts';
import { parseFilter } from '../../query/filter.ts';
import { valuesAt } from '../read-path.ts';
import { explainSchema } from './explain-schema.ts';

/** What an explanation is about. */
interface Case {
  readonly document: BsonDocument;
  readonly collation: Collation | undefined;
  /** Whether the clause should have failed, as below $nor and $not: reasons turn around. */
  readonly isInverted: boolean;
}

type Details = { readonly [field: string]: Literal };

/** `details` for a document that this validator turned away. */
export function explainFailure(
  validator: BsonDocument,
  failing: BsonDocument,
  collation: Collation | undefined,
): BsonDocument {
  return document(explainClauses(validator, { document: failing, collation, isInverted: false }));
}

/** One clause stands for itself; several are an $and. */
function explainClauses(specification: BsonDocument, about: Case): Details {
  const clauses = splitClauses(specification);
  const [only] = clauses;
  if (clauses.length === 1 && only !== undefined) return explainClause(only, about);
  return explainAll('$and', clauses, about);
}

/** Each field with each of its operators by itself. */
function splitClauses(specification: BsonDocument): BsonDocument[] {
  return [...specification.entries()].flatMap(([name, value]) => {
    if (name.startsWith('$') || !isOperators(value)) return [clause(name, value)];
    return [...value.entries()]
      .filter(([operator]) => operator !== '$options')
      .map(([operator, operand]) => clause(name, withOptions(operator, operand, value)));
  });
}

function isOperators(value: Value): value is BsonDocument {
  return value instanceof BsonDocument && value.firstKey()?.startsWith('$') === true;
}

function withOptions(operator: string, operand: Value, siblings: BsonDocument): BsonDocument {
  const options = operator === '$regex' ? siblings.get('$options') : undefined;
  return document(options === undefined ? { [operator]: operand } : { [operator]: operand, $options: options });
}

function clause(name: string, value: Value): BsonDocument {
  return BsonDocument.fromFields(new Map([[name, value]]));
}

function matches(specification: BsonDocument, { document: subject, collation }: Case): boolean {
  return parseFilter(specification, { place: 'validator', collation }).matchesDocument(subject);
}

function explainClause(specification: BsonDocument, about: Case): Details {
  const name = specification.firstKey() ?? '';
  const operand = specification.get(name) as Value;
  switch (name) {
    case '$and':
    case '$or':
      return explainAll(name, branches(operand), about);
    case '$nor':
      return explainAll(name, branches(operand), { ...about, isInverted: !about.isInverted });
    case '$jsonSchema':
      return operand instanceof BsonDocument ? explainSchemaClause(operand, about) : { operatorName: name };
    case '$expr':
      return {
        operatorName: name,
        specifiedAs: specification,
        reason: about.isInverted ? 'expression did match' : 'expression did not match',
        expressionResult: about.isInverted,
      };
    default:
      return name.startsWith('$')
        ? { operatorName: name, specifiedAs: specification }
        : explainField(name, operand, about);
  }
}

function branches(operand: Value): BsonDocument[] {
  return Array.isArray(operand)
    ? operand.filter((branch): branch is BsonDocument => branch instanceof BsonDocument)
    : [];
}

function explainAll(operatorName: string, clauses: readonly BsonDocument[], about: Case): Details {
  const found: Details[] = [];
  clauses.forEach((branch, index) => {
    if (matches(branch, about) === about.isInverted) found.push({ index, details: explainClauses(branch, about) });
  });
  return { operatorName, [about.isInverted ? 'clausesSatisfied' : 'clausesNotSatisfied']: found };
}

function explainSchemaClause(schema: BsonDocument, { document: subject, isInverted }: Case): Details {
  if (isInverted)
    return { operatorName: '$jsonSchema', specifiedAs: { $jsonSchema: schema }, reason: 'schema matched' };
  return {
    operatorName: '$jsonSchema',
    title: schema.get('title'),
    description: schema.get('description'),
    schemaRulesNotSatisfied: explainSchema(schema, subject),
  };
}

function explainField(path: string, operand: Value, about: Case): Details {
  const operators = isOperators(operand) ? operand : undefined;
  const operatorName = operators?.firstKey() ?? '$eq';
  const argument = operators === undefined ? operand : (operators.get(operatorName) as Value);
  if (operatorName === '$not' && argument instanceof BsonDocument) {
    return { operatorName, details: explainField(path, argument, { ...about, isInverted: !about.isInverted }) };
  }
  const values = valuesAt(about.document, path);
  return {
    operatorName,
    specifiedAs: clause(path, operand),
    ...reasonOf(operatorName, argument, values, about.isInverted),
    ...considered(operatorName, values),
  };
}

function considered(operatorName: string, values: readonly Value[]): Details {
  if (operatorName === '$exists' || values.length === 0) return {};
  const [first] = values;
  return values.length === 1 && first !== undefined ? { consideredValue: first } : { consideredValues: [...values] };
}

const comparisons: ReadonlySet<string> = new Set(['$eq', '$gt', '$gte', '$lt', '$lte']);

const normalReasons: Readonly<Record<string, string>> = {
  $ne: 'comparison succeeded',
  $in: 'no matching value found in array',
  $nin: 'matching value found in array',
  $mod: 'remainder did not match',
  $regex: 'regular expression did not match',
  $size: 'array length was not equal to given size',
  $all: 'array did not contain all specified values',
  $elemMatch: 'array did not satisfy the child predicate',
  $bitsAllSet: 'bitwise operator failed to match',
  $bitsAnySet: 'bitwise operator failed to match',
  $bitsAllClear: 'bitwise operator failed to match',
  $bitsAnyClear: 'bitwise operator failed to match',
};

const invertedReasons: Readonly<Record<string, string>> = {
  $ne: 'comparison failed',
  $in: 'matching value found in array',
  $nin: 'no matching value found in array',
  $mod: 'remainder did match',
  $regex: 'regular expression did match',
  $size: 'array length was equal to given size',
  $all: 'array did contain all specified values',
  $elemMatch: 'array did satisfy the child predicate',
  $bitsAllSet: 'bitwise operator matched successfully',
  $bitsAnySet: 'bitwise operator matched successfully',
  $bitsAllClear: 'bitwise operator matched successfully',
  $bitsAnyClear: 'bitwise operator matched successfully',
};

function reasonOf(operatorName: string, argument: Value, values: readonly Value[], isInverted: boolean): Details {
  if (operatorName === '$exists') {
    const mustExist = argument !== false && argument !== 0;
    return { reason: mustExist === isInverted ? 'path does exist' : 'path does not exist' };
  }
  const [value] = values;
  if (value === undefined) return { reason: 'field was missing' };
  if (operatorName === '$type') {
    return { reason: isInverted ? 'type did match' : 'type did not match', consideredType: typeName(value) };
  }
  if (comparisons.has(operatorName)) {
    if (!isInverted && values.length === 1 && !compares(value, argument)) {
      return { reason: 'type did not match', consideredType: typeName(value), expectedType: typeName(argument) };
    }
    return { reason: isInverted ? 'comparison succeeded' : 'comparison failed' };
  }
  const reasons = isInverted ? invertedReasons : normalReasons;
  return { reason: reasons[operatorName] ?? (isInverted ? 'expression did match' : 'expression did not match') };
}

/** Whether values of these types are compared at all. */
function compares(value: Value, argument: Value): boolean {
  return (isNumeric(value) && isNumeric(argument)) || typeName(value) === typeName(argument) || argument === null;
}
