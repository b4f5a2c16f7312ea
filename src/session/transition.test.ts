import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeOf, isNamedErrorCode } from '../error/codes.ts';
import { type Decision, type Intent, type Situation, transitions } from './transition.ts';

const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

const intents: readonly (readonly [string, Intent])[] = [
  ['retryable write', 'retryableWrite'],
  ['startTransaction', 'start'],
  ['later statement', 'continue'],
  ['commitTransaction', 'commit'],
  ['abortTransaction', 'abort'],
];

const situations: readonly Situation[] = ['older', 'newer', 'retryableWrite', 'inProgress', 'committed', 'aborted'];

/** The cells of README's table that are not codes. */
const words: Readonly<Record<string, Decision>> = {
  begins: 'beginTransaction',
  'goes on': 'proceed',
  runs: 'proceed',
  commits: 'proceed',
  aborts: 'proceed',
  'ok, again': 'commitAgain',
};

describe('the transition table', () => {
  it.each(intents)('%s is as README tells it', (title, intent) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| ${title} `) && !line.includes('you want'));
    const cells = (row ?? '')
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());
    const told = situations.map((situation) => {
      const decision = transitions[intent][situation];
      if (isNamedErrorCode(decision)) return String(codeOf(decision));
      const word = cells[situations.indexOf(situation)] ?? '';
      const expected = intent === 'retryableWrite' && word === 'begins' ? 'beginRetryable' : words[word];
      return expected === decision ? word : decision;
    });
    expect(cells).toEqual(told);
  });
});
