import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import type { Numeric } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parsePath } from '../../expression/field-path.ts';
import { isOperatorName, type ParseContext, parseExpression } from '../../expression/parse.ts';
import type { Collation } from '../collation.ts';
import { truncatedInteger } from '../integer.ts';
import { parseElemMatch } from './elem-match.ts';
import { type FieldAction, ProjectionNode, type Slice } from './projection-node.ts';

export type ProjectionMode = 'inclusion' | 'exclusion';

export interface ProjectionParsing {
  readonly isFind: boolean;
  readonly collation: Collation | undefined;
  readonly expressions: ParseContext;
}

/** A projection's specification in parts. */
export interface ParsedProjection {
  readonly mode: ProjectionMode;
  readonly root: ProjectionNode;
  /** Path of `path.$`. */
  readonly positionalPath: string | undefined;
  /** What is said of `_id`: undefined where the specification does not name it. */
  readonly id: 'include' | 'exclude' | 'compute' | undefined;
}

/** Reads a specification; throws what MongoDB throws for it. */
export function parseProjectionTree(specification: BsonDocument, parsing: ProjectionParsing): ParsedProjection {
  return new ProjectionParser(parsing).parse(specification);
}

class ProjectionParser implements ParsedProjection {
  readonly root = new ProjectionNode();
  positionalPath: string | undefined;
  id: 'include' | 'exclude' | 'compute' | undefined;
  readonly #parsing: ProjectionParsing;
  #mode: ProjectionMode | undefined;
  #hasElemMatch = false;

  constructor(parsing: ProjectionParsing) {
    this.#parsing = parsing;
  }

  /** Where nothing but `_id` and slices is named, `_id: 1` and $elemMatch include, all else leaves the document whole. */
  get mode(): ProjectionMode {
    return this.#mode ?? (this.id === 'include' || this.#hasElemMatch ? 'inclusion' : 'exclusion');
  }

  parse(specification: BsonDocument): ParsedProjection {
    for (const [path, value] of specification.entries()) this.#field('', path, value);
    // A field that is computed from nothing of the document leaves the rest of it alone unless something includes.
    if (this.mode === 'inclusion' && this.id === undefined) this.root.set('_id', { kind: 'include' });
    return this;
  }

  #field(prefix: string, name: string, value: Value): void {
    const isPositional = this.#parsing.isFind && name.endsWith('.$');
    const path = prefix + (isPositional ? name.slice(0, -2) : name);
    checkPath(prefix, isPositional ? name.slice(0, -2) : name);
    if (isPositional) {
      this.#positional(path, value);
      return;
    }
    if (typeof value === 'boolean' || isNumeric(value)) {
      this.#plain(path, typeof value === 'boolean' ? value : toDouble(value) !== 0);
    } else if (value instanceof BsonDocument) {
      this.#document(path, value);
    } else {
      this.#computed(path, value, 'Location31310');
    }
  }

  #positional(path: string, value: Value): void {
    if (value instanceof BsonDocument) {
      throw new MongoError('Location31271', 'positional projection cannot be used with an expression or sub object');
    }
    if (typeof value !== 'boolean' && !isNumeric(value)) {
      throw new MongoError('Location31308', 'positional projection cannot be used with a literal');
    }
    if (!(value === true || (isNumeric(value) && toDouble(value) !== 0))) {
      throw new MongoError('Location31395', 'positional projection cannot be used with exclusion');
    }
    if (this.positionalPath !== undefined) {
      throw new MongoError('Location31276', 'Cannot specify more than one positional projection per query.');
    }
    if (this.#hasElemMatch) {
      throw new MongoError('Location31256', 'Cannot specify positional operator and $elemMatch.');
    }
    this.positionalPath = path;
    this.#plain(path, true);
  }

  #plain(path: string, isIncluded: boolean): void {
    const action: FieldAction = { kind: isIncluded ? 'include' : 'exclude' };
    if (path === '_id') this.id = isIncluded ? 'include' : 'exclude';
    else
      this.#requireMode(path, isIncluded ? 'inclusion' : 'exclusion', isIncluded ? 'Location31253' : 'Location31254');
    this.#set(path, action);
  }

  #requireMode(path: string, mode: ProjectionMode, code: `Location${number}`): void {
    this.#mode ??= mode;
    if (this.#mode !== mode) {
      throw new MongoError(code, `Cannot do ${mode} on field ${path} in ${this.#mode} projection`);
    }
  }

  #document(path: string, value: BsonDocument): void {
    if (value.isEmpty()) {
      throw new MongoError(
        'Location51270',
        `An empty sub-projection is not a valid value. Found empty object at path ${path}`,
      );
    }
    const first = value.firstKey() as string;
    if (!first.startsWith('$') || value.size() > 1) {
      for (const [name, inner] of value.entries()) this.#field(`${path}.`, name, inner);
      return;
    }
    const operand = value.get(first) as Value;
    if (this.#parsing.isFind && first === '$slice' && this.#slice(path, operand)) return;
    if (this.#parsing.isFind && first === '$elemMatch') {
      this.#elemMatch(path, operand);
      return;
    }
    if (!isOperatorName(first) && first !== '$elemMatch') {
      throw new MongoError('Location31325', `Invalid $project :: caused by :: Unknown expression ${first}`);
    }
    if (this.#parsing.isFind && first === '$meta') {
      this.#set(path, { kind: 'compute', expression: parseExpression(value, this.#parsing.expressions) });
      return;
    }
    this.#computed(path, value, 'Location31252');
  }

  /** Numbers slice an array of the document; everything else is left to the expression of the same name. */
  #slice(path: string, operand: Value): boolean {
    const numbers = Array.isArray(operand) ? operand : [operand];
    if (!numbers.every((value: Value) => isNumeric(value))) return false;
    if (Array.isArray(operand) && operand.length !== 2) return false;
    this.#set(path, { kind: 'slice', slice: sliceOf(numbers.map((value: Numeric) => clamped(value))) });
    return true;
  }

  #elemMatch(path: string, operand: Value): void {
    if (this.positionalPath !== undefined) {
      throw new MongoError('Location31255', 'Cannot specify positional operator and $elemMatch.');
    }
    this.#hasElemMatch = true;
    if (path === '_id') this.id = 'compute';
    this.#set(path, {
      kind: 'compute',
      expression: parseElemMatch(path, operand, this.#parsing.collation, this.#parsing.expressions.options.watch),
    });
  }

  #computed(path: string, value: Value, code: `Location${number}`): void {
    if (this.#mode === 'exclusion') {
      throw new MongoError(code, `Cannot use expression other than $meta in exclusion projection`);
    }
    this.#mode = 'inclusion';
    if (path === '_id') this.id = 'compute';
    this.#set(path, { kind: 'compute', expression: parseExpression(value, this.#parsing.expressions) });
  }

  #set(path: string, action: FieldAction): void {
    const names = path.split('.');
    let node = this.root;
    for (const [depth, name] of names.slice(0, -1).entries()) {
      const existing = node.fields.get(name);
      if (existing !== undefined && existing.kind !== 'descend') {
        const rest = names.slice(depth + 1).join('.');
        throw new MongoError('Location31249', `Path collision at ${path} remaining portion ${rest}`);
      }
      const inner = existing?.node ?? new ProjectionNode();
      if (existing === undefined) node.set(name, { kind: 'descend', node: inner });
      node = inner;
    }
    const last = names.at(-1) as string;
    if (node.fields.has(last)) throw new MongoError('Location31250', `Path collision at ${path}`);
    node.set(last, action);
  }
}

/** Throws 40352, 40353, 15998, 16410 and Overflow for a path that cannot be. */
function checkPath(prefix: string, name: string): void {
  if (prefix + name === '') throw new MongoError('Location40352', 'FieldPath cannot be constructed with empty string');
  parsePath(prefix + name);
}

function clamped(value: Numeric): number {
  const whole = truncatedInteger(value);
  if (whole === 'beyond') return toDouble(value) > 0 ? 0x7fffffff : toDouble(value) < 0 ? -0x80000000 : 0;
  return Math.max(-0x80000000, Math.min(0x7fffffff, Number(whole)));
}

function sliceOf([first = 0, limit]: readonly number[]): Slice {
  if (limit === undefined) return first < 0 ? { skip: first, limit: -first } : { skip: 0, limit: first };
  if (limit <= 0) {
    throw new MongoError('Location28724', `Third argument to $slice must be positive: ${printValue(limit)}`);
  }
  return { skip: first, limit };
}
