import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyFile } from './key-file.ts';

let directory: string;
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sojourn-key-'));
});

afterAll(() => rm(directory, { recursive: true }));

async function file(content: string, mode = 0o600): Promise<string> {
  const path = join(directory, `key${count++}`);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

async function keys(content: string): Promise<string[]> {
  return (await readKeyFile(await file(content))).map((key) => key.toString());
}

describe('a key file', () => {
  it('holds one key, its white space passed over', async () => {
    expect(await keys(' abc+/\n  def0= \n')).toEqual(['abc+/def0=']);
    expect(await keys('abcde\n-fgh'.replace('-', ''))).toEqual(['abcdefgh']);
    expect(await keys('a'.repeat(1024))).toHaveLength(1);
  });

  it('may hold several as a YAML list', async () => {
    expect(await keys('- first1\n- second2\n')).toEqual(['first1', 'second2']);
    expect(await keys('[first1, "second 2"]')).toEqual(['first1', 'second2']);
  });

  it.each([
    ['a key that is too short', 'abcde', 'length 5'],
    ['a key that is too long', 'a'.repeat(1025), 'length 1025'],
    ['other characters', 'abc$defg', 'not base64'],
    ['nothing', '', 'length 0'],
    ['an empty list', '[]', 'no key'],
    ['a list of something else', '- a: 1\n', 'no YAML list'],
    ['what is no YAML', '- "abc\n', 'no YAML list'],
  ])('is refused with %s, naming the file and no key', async (_, content, reason) => {
    const path = await file(content);
    const refused = readKeyFile(path);
    await expect(refused).rejects.toMatchObject({ codeName: 'BadValue', message: expect.stringContaining(reason) });
    await expect(refused).rejects.toThrow(path);
  });

  it.runIf(process.platform !== 'win32')('is refused where others may read it, and where it is not there', async () => {
    for (const mode of [0o640, 0o604, 0o610]) {
      await expect(readKeyFile(await file('abcdef', mode))).rejects.toThrow('too open');
    }
    await expect(readKeyFile(join(directory, 'absent'))).rejects.toMatchObject({ codeName: 'BadValue' });
  });
});
