/** The TypeScript files of the repository as the tidy test looks at them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly lines: readonly string[];
  /** Files of the repository that it imports, types included. */
  readonly imports: readonly string[];
}

/** A function or method, by the lines from its head to its closing brace. */
export interface FunctionSpan {
  readonly name: string;
  readonly firstLine: number;
  readonly lineCount: number;
}

function* walk(folder: string): IterableIterator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

/** All TypeScript files below a folder of the repository. */
export function readSources(folder: string): SourceFile[] {
  return [...walk(join(root, folder))].map((path) => {
    const text = readFileSync(path, 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map(([, target = '']) =>
      relative(root, normalize(join(dirname(path), target))).replaceAll('\\', '/'),
    );
    return { path: relative(root, path).replaceAll('\\', '/'), lines: text.split('\n'), imports };
  });
}

const head =
  /^( *)(?:export )?(?:default )?(?:async )?(?:function\*? (\w+)|(?:static |async |get |set |\*|readonly )*(#?[\w$]+)(?:<.*>)?\()/;
const keywords = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'await', 'describe', 'it', 'constructor']);

/**
 * Functions and methods of a formatted file: the formatter puts the closing brace of a body at the indentation of its
 * head, alone on its line.
 */
export function functionSpans({ lines }: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = [];
  lines.forEach((line, at) => {
    const match = head.exec(line);
    const name = match?.[2] ?? match?.[3];
    if (match === null || name === undefined || (keywords.has(name) && name !== 'constructor')) return;
    const indent = match[1] ?? '';
    const closes = new Set([`${indent}}`, `${indent}},`, `${indent}};`]);
    // The head goes on to the first line that opens a body; a line that ends a statement shows that this is a call.
    const opening = lines.findIndex((candidate, other) => other >= at && /[{;]$/.test(candidate));
    if (opening < 0 || !/\)(: .+)? \{$/.test(lines[opening] ?? '')) return;
    const end = lines.findIndex((candidate, other) => other > opening && closes.has(candidate));
    if (end < 0) return;
    spans.push({ name, firstLine: at + 1, lineCount: end - at + 1 });
  });
  return spans;
}
