/**
 * A pattern as a list of instructions, for `program-run.ts`. Each node becomes a stretch of them that is entered at its
 * beginning and left at its end:
 *
 *   a|b   split A, B        a*   L: split A, out     (?>a)   enter r       (?=a)   enter r
 *      A: a; jump out            A: a; jump L                a                     a
 *      B: b                    out:                          commit r              commit r, back to where it began
 *    out:
 *
 * A repeat with bounds is written out; what becomes too long so is no program, and the pattern is refused where it would
 * need one.
 */
import { type CodeSet, codeSet } from './code-set.ts';
import { escapeCode } from './escape.ts';
import { type Node, width } from './syntax.ts';

export type Instruction =
  | { readonly kind: 'set'; readonly set: CodeSet }
  | { readonly kind: 'character'; readonly code: number }
  /** What JavaScript matches from here in one way. */
  | { readonly kind: 'verbatim'; readonly expression: RegExp }
  /** Goes on at the next instruction; where that fails, at `otherwise`. `index` numbers the splits. */
  | { readonly kind: 'split'; readonly index: number; otherwise: number; isLazy: boolean }
  | { readonly kind: 'jump'; to: number }
  /** Notes the position in a slot. */
  | { readonly kind: 'save'; readonly slot: number }
  /** Goes on at `to` where nothing was matched since the slot was saved. */
  | { readonly kind: 'leaveWhereEmpty'; readonly slot: number; to: number }
  /** Begins something that is not tried again once it has matched. */
  | { readonly kind: 'enter'; readonly slot: number }
  | { readonly kind: 'commit'; readonly slot: number; readonly goesBack: boolean }
  /** What follows must not match; where it does not, goes on at `otherwise`. */
  | { readonly kind: 'enterNot'; readonly slot: number; otherwise: number }
  | { readonly kind: 'failNot'; readonly slot: number }
  /** Goes back so many characters. */
  | { readonly kind: 'back'; readonly characters: number }
  | { readonly kind: 'reference'; readonly group: number; readonly ignoreCase: boolean }
  | { readonly kind: 'condition'; readonly group: number; otherwise: number }
  | { readonly kind: 'done' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly splits: number;
  readonly slots: number;
  readonly captures: number;
  /** Whether what follows from a position depends on nothing but the position: no references, no looking around. */
  readonly isRegular: boolean;
}

/** Instructions that a program may have. */
const longestProgram = 100_000;

/** Thrown out of the writing of a program that becomes too long. */
const tooLong = Symbol('too long');

/** The program of a pattern with so many groups; undefined where it would be too long. `ignoreCase` is for what has no case of its own. */
export function writeProgram(root: Node, captures: number, ignoreCase: boolean): Program | undefined {
  const writer = new ProgramWriter(captures, ignoreCase);
  try {
    writer.write(root);
    writer.add({ kind: 'done' });
  } catch (thrown) {
    if (thrown === tooLong) return undefined;
    throw thrown;
  }
  const { instructions, splits, slots, isRegular } = writer;
  return { instructions, splits, slots, captures, isRegular };
}

class ProgramWriter {
  readonly instructions: Instruction[] = [];
  readonly #ignoreCase: boolean;
  splits = 0;
  slots: number;
  isRegular = true;

  constructor(captures: number, ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
    this.slots = 2 * (captures + 1);
  }

  add<Added extends Instruction>(instruction: Added): Added {
    if (this.instructions.push(instruction) > longestProgram) throw tooLong;
    return instruction;
  }

  get #here(): number {
    return this.instructions.length;
  }

  #split(isLazy: boolean): Extract<Instruction, { kind: 'split' }> {
    return this.add({ kind: 'split', index: this.splits++, otherwise: 0, isLazy });
  }

  write(node: Node): void {
    switch (node.kind) {
      case 'sequence':
        for (const item of node.items) this.write(item);
        return;
      case 'choice':
        this.#choice(node.branches.map((branch) => () => this.write(branch)));
        return;
      case 'character':
        if (node.ignoreCase) this.add({ kind: 'set', set: codeSet(escapeCode(node.code), false, true) });
        else this.add({ kind: 'character', code: node.code });
        return;
      case 'set':
        this.add({ kind: 'set', set: codeSet(node.source, node.isNegated, node.ignoreCase) });
        return;
      case 'verbatim':
        this.add({ kind: 'verbatim', expression: new RegExp(node.source, this.#ignoreCase ? 'iuy' : 'uy') });
        return;
      case 'keepOut':
        this.add({ kind: 'save', slot: 0 });
        return;
      case 'capture':
        this.add({ kind: 'save', slot: 2 * node.index });
        this.write(node.body);
        this.add({ kind: 'save', slot: 2 * node.index + 1 });
        return;
      case 'atomic':
        this.#atomic(() => this.write(node.body));
        return;
      case 'repeat':
        if (node.mode === 'possessive') this.#atomic(() => this.#repeat(node));
        else this.#repeat(node);
        return;
      default:
        this.isRegular = false;
        this.#irregular(node);
    }
  }

  #irregular(node: Extract<Node, { kind: 'look' | 'reference' | 'condition' }>): void {
    switch (node.kind) {
      case 'look':
        this.#look(node);
        return;
      case 'reference':
        this.add({ kind: 'reference', group: node.index, ignoreCase: this.#ignoreCase });
        return;
      case 'condition': {
        const condition = this.add({ kind: 'condition', group: node.index, otherwise: 0 });
        this.write(node.yes);
        const jump = this.add({ kind: 'jump', to: 0 });
        condition.otherwise = this.#here;
        this.write(node.no);
        jump.to = this.#here;
      }
    }
  }

  #choice(branches: readonly (() => void)[]): void {
    const jumps = branches.slice(0, -1).map((writeBranch) => {
      const split = this.#split(false);
      writeBranch();
      const jump = this.add({ kind: 'jump', to: 0 });
      split.otherwise = this.#here;
      return jump;
    });
    branches.at(-1)?.();
    for (const jump of jumps) jump.to = this.#here;
  }

  #atomic(writeBody: () => void): void {
    this.isRegular = false;
    const slot = this.slots++;
    this.add({ kind: 'enter', slot });
    writeBody();
    this.add({ kind: 'commit', slot, goesBack: false });
  }

  #repeat({ body, least, most, mode }: Extract<Node, { kind: 'repeat' }>): void {
    for (let round = 0; round < least; round++) this.write(body);
    if (most === least) return;
    const isLazy = mode === 'lazy';
    if (most !== Number.POSITIVE_INFINITY) {
      const splits: Extract<Instruction, { kind: 'split' }>[] = [];
      for (let round = least; round < most; round++) {
        splits.push(this.#split(isLazy));
        this.write(body);
      }
      for (const split of splits) split.otherwise = this.#here;
      return;
    }
    const start = this.#here;
    const split = this.#split(isLazy);
    const slot = this.slots++;
    this.add({ kind: 'save', slot });
    this.write(body);
    const leave = this.add({ kind: 'leaveWhereEmpty', slot, to: 0 });
    this.add({ kind: 'jump', to: start });
    split.otherwise = this.#here;
    leave.to = this.#here;
  }

  #look({ opener, body }: Extract<Node, { kind: 'look' }>): void {
    const slot = this.slots++;
    const isNot = opener.endsWith('!');
    const enterNot = isNot ? this.add({ kind: 'enterNot', slot, otherwise: 0 }) : undefined;
    if (!isNot) this.add({ kind: 'enter', slot });
    if (opener.startsWith('(?<')) this.#behind(body);
    else this.write(body);
    this.add(isNot ? { kind: 'failNot', slot } : { kind: 'commit', slot, goesBack: true });
    if (enterNot !== undefined) enterNot.otherwise = this.#here;
  }

  /** Each branch matches so many characters that to go back by as many and to match forwards ends where it began. */
  #behind(body: Node): void {
    const branches = body.kind === 'choice' ? body.branches : [body];
    this.#choice(
      branches.map((branch) => () => {
        this.add({ kind: 'back', characters: width(branch) });
        this.write(branch);
      }),
    );
  }
}
