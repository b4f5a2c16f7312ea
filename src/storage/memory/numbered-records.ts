/**
 * Records whose keys are numbers, as those of a collection are: RecordIds, 8 bytes big-endian, given out in turn. A number
 * leads to its record without a comparison, where a tree of strings takes ten to twenty, each with a string that has to be
 * fetched from somewhere.
 *
 *   number   0b 000010 000001 000011          root ─[2]─► branch ─[1]─► leaf ─[3]─► record
 *
 * Six bits a level; the tree is as deep as its largest number needs. A successor shares all nodes: it owns those that it
 * makes, and copies any other before it changes it.
 */
import { invariant } from '../../error/invariant.ts';
import type { Key, KeyRange } from '../engine.ts';
import { leafWidth, type Owner, RecordLeaf } from './record-leaf.ts';
import type { RecordTree } from './record-tree.ts';

const bitsPerLevel = 6;
/** Of a branch and of a leaf. */
const width = leafWidth;
const slotMask = width - 1;

/** Numbers lie below: five levels, and whole numbers that bits can be taken from. */
const numberLimit = 2 ** 30;
const keyLength = 8;

class Branch {
  readonly owner: Owner;
  readonly children: (Node | undefined)[];
  count: number;

  constructor(owner: Owner, like?: Branch) {
    this.owner = owner;
    this.children = like?.children.slice() ?? new Array<Node | undefined>(width).fill(undefined);
    this.count = like?.count ?? 0;
  }
}

type Node = Branch | RecordLeaf;

const onlyRead = 'a tree that a successor goes on from is only read';

/** First and last number of a walk, and whom it visits; answers false once it is over. */
interface Walk {
  readonly first: number;
  readonly last: number;
  readonly reverse: boolean;
  readonly visit: (key: Key, value: Buffer) => boolean;
}

export class NumberedRecords implements RecordTree {
  readonly #owner: Owner = {};
  #hasSuccessor = false;
  #root: Node;
  /** Bits below those that choose among the root's children; 0 where the root is a leaf. */
  #shift: number;
  #size: number;

  constructor(like?: { readonly root: Node; readonly shift: number; readonly size: number }) {
    this.#root = like?.root ?? new RecordLeaf(this.#owner);
    this.#shift = like?.shift ?? 0;
    this.#size = like?.size ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  accepts(key: Key): boolean {
    return numberOf(key) >= 0;
  }

  get(key: Key): Buffer | undefined {
    const number = numberOf(key);
    if (number < 0 || number >>> this.#shift >= width) return undefined;
    let node: Node | undefined = this.#root;
    for (let shift = this.#shift; shift > 0 && node !== undefined; shift -= bitsPerLevel) {
      node = (node as Branch).children[(number >>> shift) & slotMask];
    }
    return (node as RecordLeaf | undefined)?.get(number & slotMask);
  }

  set(key: Key, value: Buffer): void {
    invariant(!this.#hasSuccessor, onlyRead);
    const number = numberOf(key);
    while (number >>> this.#shift >= width) this.#deepen();
    let node = this.#owned(this.#root);
    this.#root = node;
    for (let shift = this.#shift; shift > 0; shift -= bitsPerLevel) {
      const { children } = node as Branch;
      const slot = (number >>> shift) & slotMask;
      let child = children[slot];
      if (child === undefined) {
        child = shift === bitsPerLevel ? new RecordLeaf(this.#owner) : new Branch(this.#owner);
        (node as Branch).count++;
      } else child = this.#owned(child);
      children[slot] = child;
      node = child;
    }
    const leaf = node as RecordLeaf;
    this.#size -= leaf.count;
    leaf.set(number & slotMask, key, value);
    this.#size += leaf.count;
  }

  delete(key: Key): void {
    invariant(!this.#hasSuccessor, onlyRead);
    if (this.get(key) === undefined) return;
    const number = numberOf(key);
    this.#root = this.#owned(this.#root);
    const path: Branch[] = [];
    let node = this.#root;
    for (let shift = this.#shift; shift > 0; shift -= bitsPerLevel) {
      const branch = node as Branch;
      const slot = (number >>> shift) & slotMask;
      node = this.#owned(branch.children[slot] as Node);
      branch.children[slot] = node;
      path.push(branch);
    }
    (node as RecordLeaf).delete(number & slotMask);
    this.#size--;
    // Empty nodes go, from below.
    let shift = bitsPerLevel;
    for (let branch = path.pop(); branch !== undefined && node.count === 0; branch = path.pop()) {
      branch.children[(number >>> shift) & slotMask] = undefined;
      branch.count--;
      node = branch;
      shift += bitsPerLevel;
    }
  }

  successor(): RecordTree {
    invariant(!this.#hasSuccessor, onlyRead);
    this.#hasSuccessor = true;
    return new NumberedRecords({ root: this.#root, shift: this.#shift, size: this.#size });
  }

  walk(range: KeyRange, reverse: boolean, visit: (key: Key, value: Buffer) => boolean): void {
    const first = firstNumber(range);
    const last = lastNumber(range);
    if (first <= last) walkNode(this.#root, this.#shift, 0, { first, last, reverse, visit });
  }

  #deepen(): void {
    const root = new Branch(this.#owner);
    if (this.#size > 0) {
      root.children[0] = this.#root;
      root.count = 1;
    }
    this.#root = root;
    this.#shift += bitsPerLevel;
  }

  #owned(node: Node): Node {
    if (node.owner === this.#owner) return node;
    return node instanceof RecordLeaf ? new RecordLeaf(this.#owner, node) : new Branch(this.#owner, node);
  }
}

/** Visits what a node holds; `base` is its first number. Answers false once the walk is over. */
function walkNode(node: Node, shift: number, base: number, walk: Walk): boolean {
  const { first, last, reverse } = walk;
  const from = Math.max(0, (first - base) >> shift);
  const to = Math.min(slotMask, (last - base) >> shift);
  if (node instanceof RecordLeaf) return node.walk(from, to, reverse, walk.visit);
  const { children } = node;
  for (let step = 0; step <= to - from; step++) {
    const slot = reverse ? to - step : from + step;
    const child = children[slot];
    if (child === undefined) continue;
    if (!walkNode(child, shift - bitsPerLevel, base + (slot << shift), walk)) return false;
  }
  return true;
}

/** The number that a key is; -1 where it is none that is kept here. */
function numberOf(key: Key): number {
  if (key.length !== keyLength || key.charCodeAt(4) >= 0x40) return -1;
  for (let at = 0; at < 4; at++) if (key.charCodeAt(at) !== 0) return -1;
  return (key.charCodeAt(4) << 24) | (key.charCodeAt(5) << 16) | (key.charCodeAt(6) << 8) | key.charCodeAt(7);
}

/** The number that the first 8 bytes of a bound are, missing ones taken for 0; the limit where it is larger. */
function numberAt(bound: Key): number {
  let number = 0;
  for (let at = 0; at < keyLength; at++) number = number * 256 + (at < bound.length ? bound.charCodeAt(at) : 0);
  return Math.min(number, numberLimit);
}

/** The smallest number whose key is in the range. A longer bound that begins with a key lies behind it. */
function firstNumber({ lower, lowerExclusive }: KeyRange): number {
  if (lower === undefined) return 0;
  const isBehind = lower.length > keyLength || (lowerExclusive === true && lower.length === keyLength);
  return numberAt(lower) + (isBehind ? 1 : 0);
}

/** The largest number whose key is in the range. A shorter bound that a key begins with lies before it. */
function lastNumber({ upper, upperExclusive }: KeyRange): number {
  if (upper === undefined) return numberLimit - 1;
  const isBefore = upper.length < keyLength || (upperExclusive === true && upper.length === keyLength);
  return Math.min(numberAt(upper) - (isBefore ? 1 : 0), numberLimit - 1);
}
