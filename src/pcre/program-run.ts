/**
 * Runs the program of a pattern without ever taking more than a bounded number of steps. It tries one way after the other,
 * as PCRE does, and finds the same match, but
 *
 *   a regular program    remembers at which splits it has been where in the text: whoever comes there again fails again,
 *                        as what follows depends on nothing else. So a search takes splits × length steps at most.
 *   any other            (references, looking around, atomic groups) is given up after as many steps as PCRE would be.
 *
 * Ways not yet tried lie on a stack, between notes of what slots held before: to fail is to go back to the topmost way and
 * to put back what lies above it.
 */
import { MongoError } from '../error/mongo-error.ts';
import type { CodeSet } from './code-set.ts';
import type { Instruction, Program } from './program.ts';

/** Steps of all searches of one text; the first is PCRE's own match limit. */
const mostSteps = 10_000_000;
const mostRegularSteps = 50_000_000;

/** Numbers on the stack. */
const longestStack = 9_000_000;

/** Bytes for remembering; a text for which they do not suffice is matched as if the program were not regular. */
const mostMemoryBytes = 32 * 1024 * 1024;

/** What a search found: the slots, pairs of beginning and end by group, -1 where one took no part. */
export type Slots = Int32Array;

/** Entries of the stack are threes: what it is, and two numbers. */
const Entry = { way: 0, slot: 1 } as const;

export class ProgramRun {
  readonly #program: Program;
  readonly #text: string;
  readonly #slots: Slots;
  readonly #been: Uint8Array | undefined;
  #stack: number[] = [];
  readonly #mostSteps: number;
  #steps = 0;
  #at = 0;
  #instruction = 0;

  constructor(program: Program, text: string) {
    this.#program = program;
    this.#text = text;
    this.#slots = new Int32Array(program.slots).fill(-1);
    const bytes = Math.ceil((program.splits * (text.length + 1)) / 8);
    this.#mostSteps = program.isRegular ? mostRegularSteps : mostSteps;
    this.#been = program.isRegular && bytes <= mostMemoryBytes ? new Uint8Array(bytes) : undefined;
  }

  /**
   * The first match that begins at or behind `from`, or undefined. May be called again for what lies behind the match that
   * it has found; what has been remembered goes on to hold.
   * @throws MongoError Location51156 where the steps do not suffice to tell.
   */
  search(from: number): Slots | undefined {
    this.#forgetBeing(from);
    for (let start = from; start <= this.#text.length; start++) {
      if (this.#matchAt(start)) return this.#slots;
      const code = this.#text.charCodeAt(start);
      // A match does not begin in the middle of a character.
      if (code >= 0xd800 && code < 0xdc00 && isLowHalf(this.#text.charCodeAt(start + 1))) start++;
    }
    return undefined;
  }

  /** Where the last match ended is the only place that was come to and not failed from. */
  #forgetBeing(at: number): void {
    for (let index = 0; this.#been !== undefined && index < this.#program.splits; index++) {
      const place = index * (this.#text.length + 1) + at;
      this.#been[place >>> 3] = (this.#been[place >>> 3] as number) & ~(1 << (place & 7));
    }
  }

  #matchAt(start: number): boolean {
    this.#slots.fill(-1);
    this.#slots[0] = start;
    this.#stack = [];
    this.#at = start;
    this.#instruction = 0;
    const { instructions } = this.#program;
    for (;;) {
      if (++this.#steps > this.#mostSteps || this.#stack.length > longestStack) {
        throw new MongoError(
          'Location51156',
          'Error occurred while executing the regular expression. Result code: -47',
        );
      }
      const instruction = instructions[this.#instruction++] as Instruction;
      if (instruction.kind === 'done') {
        this.#slots[1] = this.#at;
        return true;
      }
      if (!this.#step(instruction) && !this.#fail()) return false;
    }
  }

  /** Does what an instruction says; answers whether it can go on from there. */
  #step(instruction: Exclude<Instruction, { kind: 'done' }>): boolean {
    switch (instruction.kind) {
      case 'character':
        if (this.#text.codePointAt(this.#at) !== instruction.code) return false;
        this.#at += instruction.code > 0xffff ? 2 : 1;
        return true;
      case 'set':
        return this.#takeOneOf(instruction.set);
      case 'verbatim':
        return this.#verbatim(instruction.expression);
      case 'split':
        return this.#split(instruction);
      case 'jump':
        this.#instruction = instruction.to;
        return true;
      case 'save':
        this.#save(instruction.slot, this.#at);
        return true;
      case 'leaveWhereEmpty':
        if (this.#slots[instruction.slot] === this.#at) this.#instruction = instruction.to;
        return true;
      case 'back':
        return this.#back(instruction.characters);
      case 'reference':
        return this.#reference(instruction);
      case 'condition':
        if ((this.#slots[2 * instruction.group + 1] as number) < 0) this.#instruction = instruction.otherwise;
        return true;
      default:
        return this.#commitment(instruction);
    }
  }

  #takeOneOf(set: CodeSet): boolean {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined || !set.has(code)) return false;
    this.#at += code > 0xffff ? 2 : 1;
    return true;
  }

  #verbatim(expression: RegExp): boolean {
    expression.lastIndex = this.#at;
    if (!expression.test(this.#text)) return false;
    this.#at = expression.lastIndex;
    return true;
  }

  #split({ index, otherwise, isLazy }: Extract<Instruction, { kind: 'split' }>): boolean {
    if (this.#been !== undefined) {
      const place = index * (this.#text.length + 1) + this.#at;
      const byte = place >>> 3;
      const bit = 1 << (place & 7);
      if (((this.#been[byte] as number) & bit) !== 0) return false;
      this.#been[byte] = (this.#been[byte] as number) | bit;
    }
    this.#stack.push(Entry.way, isLazy ? this.#instruction : otherwise, this.#at);
    if (isLazy) this.#instruction = otherwise;
    return true;
  }

  #save(slot: number, value: number): void {
    this.#stack.push(Entry.slot, slot, this.#slots[slot] as number);
    this.#slots[slot] = value;
  }

  #back(characters: number): boolean {
    for (let left = characters; left > 0; left--) {
      if (this.#at === 0) return false;
      this.#at--;
      if (isLowHalf(this.#text.charCodeAt(this.#at)) && isHighHalf(this.#text.charCodeAt(this.#at - 1))) this.#at--;
    }
    return true;
  }

  /** What a group captured has to come again; where it captured nothing that is nothing, as where JavaScript runs it. */
  #reference({ group, ignoreCase }: Extract<Instruction, { kind: 'reference' }>): boolean {
    const [start, end] = [this.#slots[2 * group] as number, this.#slots[2 * group + 1] as number];
    if (end < 0) return true;
    this.#steps += end - start;
    const captured = this.#text.slice(start, end);
    const here = this.#text.slice(this.#at, this.#at + end - start);
    if (captured !== here && !(ignoreCase && captured.toLowerCase() === here.toLowerCase())) return false;
    this.#at += end - start;
    return true;
  }

  /**
   * The height of the stack is kept in a slot while something is tried that is not to be tried again; where it began, on the
   * stack below that height.
   */
  #commitment(instruction: Extract<Instruction, { kind: 'enter' | 'enterNot' | 'commit' | 'failNot' }>): boolean {
    const { slot } = instruction;
    if (instruction.kind === 'enter' || instruction.kind === 'enterNot') {
      this.#save(slot, this.#stack.length + 3);
      if (instruction.kind === 'enterNot') this.#stack.push(Entry.way, instruction.otherwise, this.#at);
      else this.#stack.push(Entry.slot, unusedSlot, this.#at);
      return true;
    }
    const height = this.#slots[slot] as number;
    if (instruction.kind === 'failNot') {
      this.#forgetWays(height);
      return false;
    }
    if (instruction.goesBack) this.#at = this.#stack[height + 2] as number;
    this.#forgetWays(height);
    return true;
  }

  /** Takes the ways above a height off the stack; what slots held stays, for those who fail later. */
  #forgetWays(height: number): void {
    let kept = height;
    for (let entry = height; entry < this.#stack.length; entry += 3) {
      if (this.#stack[entry] === Entry.way) continue;
      for (let part = 0; part < 3; part++) this.#stack[kept++] = this.#stack[entry + part] as number;
    }
    this.#stack.length = kept;
  }

  /** Goes back to the last way that is left; answers whether there is one. */
  #fail(): boolean {
    for (;;) {
      const value = this.#stack.pop();
      const target = this.#stack.pop();
      const kind = this.#stack.pop();
      if (value === undefined || target === undefined) return false;
      if (kind === Entry.way) {
        this.#instruction = target;
        this.#at = value;
        return true;
      }
      if (target !== unusedSlot) this.#slots[target] = value;
    }
  }
}

/** Stands on the stack beside a position that is no slot's. */
const unusedSlot = -1;

function isHighHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
