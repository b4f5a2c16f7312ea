/** Runs the golden scripts of `interleaving/`. `UPDATE_SCRIPTS=1` writes what they print instead of comparing it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InterleavingScript } from './interleaving.ts';

const folder = new URL('./interleaving/', import.meta.url);
const isUpdating = process.env.UPDATE_SCRIPTS === '1';

describe('the golden scripts of changing collections', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', async (name) => {
    const file = new URL(name, folder);
    const expected = readFileSync(file, 'utf8');
    const printed = await replay(expected);
    if (isUpdating) writeFileSync(file, printed);
    else expect(printed).toBe(expected);
  });
});

/** The script with what it prints now; every block begins with a server of its own. */
async function replay(text: string): Promise<string> {
  const blocks: string[] = [];
  for (const block of text.trim().split('\n\n')) {
    const lines = block.split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    const end = lines.indexOf('---');
    const commands = lines.slice(comments.length, end < 0 ? undefined : end);
    const script = await InterleavingScript.start();
    try {
      blocks.push([...comments, ...commands, '---', ...(await script.run(commands))].join('\n'));
    } finally {
      await script.stop();
    }
  }
  return `${blocks.join('\n\n')}\n`;
}
