/**
 * Bundles the program and the library into a handful of files: Node loads one large module several times faster than
 * hundreds of small ones, and how soon the server answers is one of its promises. Dependencies stay outside.
 */
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const { metafile } = await build({
  entryPoints: ['src/main.ts', 'src/index.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Names stay, so that stacks can be read; indentation is a fifth of what would lie on a user's disk.
  minifyWhitespace: true,
  lineLimit: 120,
  metafile: true,
  logLevel: 'warning',
});

// What an earlier build left behind does not belong in the package.
const written = new Set(Object.keys(metafile.outputs));
for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const path = relative('.', join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/');
  if (entry.isFile() && path.endsWith('.js') && !written.has(path)) await rm(path);
}
