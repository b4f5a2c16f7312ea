/**
 * Leaves of the declarations in `dist` those that the library's own entry leads to, and removes the others: the bundle hides
 * what they describe, and they would be half of what a user's disk keeps of this package.
 */
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

const imported = /(?:from|import\()\s*['"](\.{1,2}\/[^'"]+)\.ts['"]/g;

const reachable = new Set();
const waiting = [join('dist', 'index.d.ts')];
for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
  if (reachable.has(path)) continue;
  reachable.add(path);
  const text = await readFile(path, 'utf8');
  for (const [, target] of text.matchAll(imported)) waiting.push(normalize(join(dirname(path), `${target}.d.ts`)));
}

const entries = await readdir('dist', { recursive: true, withFileTypes: true });
const pathOf = (entry) => join(entry.parentPath ?? entry.path, entry.name);
for (const path of entries.filter((entry) => entry.isFile()).map(pathOf)) {
  if (path.endsWith('.d.ts') && !reachable.has(path)) await rm(path);
}
// Folders that are empty now, the deepest first.
const folders = entries.filter((entry) => entry.isDirectory()).map(pathOf);
for (const folder of folders.sort((left, right) => right.length - left.length)) {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
