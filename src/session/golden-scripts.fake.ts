/**
 * Golden scripts: blocks of comments, commands and, behind `---`, what they print. A test replays them and compares;
 * `UPDATE_SCRIPTS=1` writes what they print instead.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** What one block runs in: answers the lines that its commands print. */
export type RunBlock = (commands: readonly string[]) => Promise<readonly string[]>;

/** A test for each script of the folder; `open` is called at the beginning of each. */
export function testGoldenScripts(folder: URL, open: () => RunBlock): void {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', async (name) => {
    const file = new URL(name, folder);
    const expected = readFileSync(file, 'utf8');
    const printed = await replay(expected, open());
    if (process.env.UPDATE_SCRIPTS === '1') writeFileSync(file, printed);
    else expect(printed).toBe(expected);
  });
}

async function replay(text: string, run: RunBlock): Promise<string> {
  const blocks: string[] = [];
  for (const block of text.trim().split('\n\n')) {
    const lines = block.split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    const end = lines.indexOf('---');
    const commands = lines.slice(comments.length, end < 0 ? undefined : end);
    if (commands.length === 0) blocks.push(comments.join('\n'));
    else blocks.push([...comments, ...commands, '---', ...(await run(commands))].join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}
