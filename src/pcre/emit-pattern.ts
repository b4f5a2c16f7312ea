/** From the tree of a pattern to the source of a JavaScript regular expression (flag `u`, and `i` where all of it agrees). */
import { escapeCode } from './escape.ts';
import { type Node, PatternProblem, width } from './syntax.ts';

export interface EmittedPattern {
  readonly source: string;
  readonly flags: string;
  /** The number in JavaScript of each of the pattern's groups; index 0 is unused. */
  readonly captures: readonly number[];
}

/** Throws PatternProblem for what has no counterpart. */
export function emitPattern(root: Node): EmittedPattern {
  const cases = new Set<boolean>();
  noteCases(root, cases);
  const emitter = new Emitter(cases.size === 2);
  const source = emitter.emitRoot(root);
  return { source, flags: cases.has(true) && cases.size === 1 ? 'iu' : 'u', captures: emitter.captures };
}

function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.branches;
    case 'capture':
    case 'atomic':
    case 'look':
    case 'repeat':
      return [node.body];
    case 'condition':
      return [node.yes, node.no];
    default:
      return [];
  }
}

function noteCases(node: Node, cases: Set<boolean>): void {
  if (node.kind === 'character' && isLetter(node.code)) cases.add(node.ignoreCase);
  // A set without letters does not care, but one that is marked was written where case is ignored.
  if (node.kind === 'set' && /[A-Za-z]|u\{/.test(node.source.replaceAll(/\\[tnru]/g, ''))) cases.add(node.ignoreCase);
  for (const child of children(node)) noteCases(child, cases);
}

function isLetter(code: number): boolean {
  const text = String.fromCodePoint(code);
  return text.toLowerCase() !== text.toUpperCase();
}

function hasCapture(node: Node): boolean {
  return node.kind === 'capture' || node.kind === 'atomic' || children(node).some(hasCapture);
}

class Emitter {
  readonly captures: number[] = [0];
  readonly #isMixed: boolean;
  #count = 0;
  /** References by where they stand in the source, filled in when all groups have their numbers. */
  readonly #references: number[] = [];

  constructor(isMixed: boolean) {
    this.#isMixed = isMixed;
  }

  emitRoot(root: Node): string {
    const items = root.kind === 'sequence' ? root.items : [root];
    const keep = items.findLastIndex((item) => item.kind === 'keepOut');
    const parts = this.#parts(items);
    const source = keep < 0 ? parts.join('') : `(?<=${parts.slice(0, keep).join('')})${parts.slice(keep + 1).join('')}`;
    return source.replaceAll(/<(\d+)>/g, (_, at: string) =>
      this.#referenceSource(this.#references[Number(at)] as number),
    );
  }

  #referenceSource(index: number): string {
    const number = this.captures[index];
    if (number === undefined) throw new PatternProblem('reference to non-existent subpattern', 0);
    return `(?:\\${number})`;
  }

  #emit(node: Node): string {
    switch (node.kind) {
      case 'sequence':
        return `(?:${this.#parts(node.items).join('')})`;
      case 'choice':
        return `(?:${node.branches.map((branch) => this.#emit(branch)).join('|')})`;
      case 'character':
        return this.#character(node.code, node.ignoreCase);
      case 'set':
        return this.#set(node);
      case 'verbatim':
        return node.source;
      case 'keepOut':
        return '';
      case 'capture':
        this.captures[node.index] = ++this.#count;
        return `(${this.#emit(node.body)})`;
      case 'atomic':
        return this.#atomic(() => this.#emit(node.body));
      case 'look':
        return this.#look(node);
      case 'reference':
        // No literal is emitted with this character, so that the mark cannot be mistaken.
        return `<${this.#references.push(node.index) - 1}>`;
      case 'repeat':
        return this.#repeat(node);
      case 'condition':
        throw new PatternProblem('this conditional subpattern is not supported', 0);
    }
  }

  /** An optional group that a later condition of the same sequence asks about is tried and left out as two branches. */
  #parts(items: readonly Node[]): string[] {
    const hasConditions = items.some((item) => item.kind === 'condition');
    const start = hasConditions ? items.findIndex((candidate) => conditionOn(candidate, items) >= 0) : -1;
    const end = start < 0 ? -1 : conditionOn(items[start] as Node, items);
    return items.map((item, at) => {
      if (at < start || at > end) return this.#emit(item);
      return at > start ? '' : this.#conditional(items, start, end);
    });
  }

  #conditional(items: readonly Node[], start: number, end: number): string {
    const optional = items[start];
    const condition = items[end];
    if (optional?.kind !== 'repeat' || condition?.kind !== 'condition') return '';
    const middle = items.slice(start + 1, end);
    if ([...middle, condition].some(hasCapture)) {
      throw new PatternProblem('this conditional subpattern is not supported', 0);
    }
    const between = middle.map((inner) => this.#emit(inner)).join('');
    const group = this.#emit(optional.body);
    return `(?:${group}${between}${this.#emit(condition.yes)}|${between}${this.#emit(condition.no)})`;
  }

  #character(code: number, ignoreCase: boolean): string {
    if (!ignoreCase || !this.#isMixed) return escapeCode(code);
    const text = String.fromCodePoint(code);
    const forms = new Set(
      [text, text.toLowerCase(), text.toUpperCase()].filter((form) => Array.from(form).length === 1),
    );
    return `[${Array.from(forms, (form) => escapeCode(form.codePointAt(0) as number)).join('')}]`;
  }

  #set(node: Extract<Node, { kind: 'set' }>): string {
    let source = node.source;
    if (node.ignoreCase && this.#isMixed) {
      source += source.replaceAll(
        /(?<!\\)[a-z]-[a-z]|(?<!\\)[A-Z]-[A-Z]|(?<!\\)[A-Za-z](?!-)/g,
        (part) => part + swapCase(part),
      );
    }
    return `[${node.isNegated ? '^' : ''}${source}]`;
  }

  #atomic(body: () => string): string {
    const number = ++this.#count;
    return `(?:(?=(${body()}))\\${number})`;
  }

  #look(node: Extract<Node, { kind: 'look' }>): string {
    if (node.opener.startsWith('(?<')) {
      const branches = node.body.kind === 'choice' ? node.body.branches : [node.body];
      if (branches.some((branch) => Number.isNaN(width(branch)))) {
        throw new PatternProblem('lookbehind assertion is not fixed length', 0);
      }
    }
    return `${node.opener}${this.#emit(node.body)})`;
  }

  #repeat(node: Extract<Node, { kind: 'repeat' }>): string {
    const most = node.most === Number.POSITIVE_INFINITY ? '' : node.most;
    const quantifier = `{${node.least},${most}}`;
    // Lookarounds, anchors and the like cannot be repeated in JavaScript unless something stands around them.
    const repeated = (): string => `(?:${this.#emit(node.body)})${quantifier}`;
    if (node.mode === 'possessive') return this.#atomic(repeated);
    return node.mode === 'lazy' ? `${repeated()}?` : repeated();
  }
}

/** Where in the sequence a condition asks whether this optional group took part; -1 for nowhere. */
function conditionOn(candidate: Node, items: readonly Node[]): number {
  if (candidate.kind !== 'repeat' || candidate.least !== 0 || candidate.most !== 1) return -1;
  const { body } = candidate;
  if (body.kind !== 'capture') return -1;
  return items.findIndex((item) => item.kind === 'condition' && item.index === body.index);
}

function swapCase(text: string): string {
  return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
}
