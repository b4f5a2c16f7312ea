import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/error/codes.ts';
import { errorClassOf } from '../../src/session/error-class.ts';
import { longFiles, longFunctions, unraisedCodes } from './exceptions.ts';
import { floorOf } from './floors.ts';
import { functionSpans, readSources, type SourceFile } from './source-file.ts';

const sources = readSources('src');
const others = [...readSources('test'), ...readSources('bench')];
const isTest = ({ path }: SourceFile): boolean => /\.(test|fake)\.ts$/.test(path) || path.includes('/conformance/');
const production = sources.filter((file) => !isTest(file));
const byPath = new Map(sources.map((file) => [file.path, file]));

describe('the house', () => {
  it('imports only go down', () => {
    const upward: string[] = [];
    for (const file of production) {
      for (const target of file.imports) {
        const [from, to] = [floorOf(file.path), floorOf(target)];
        if (from.folder !== to.folder && to.height >= from.height) upward.push(`${file.path} → ${target}`);
      }
    }
    expect(upward).toEqual([]);
  });

  it('engines know the interface and what they share, never each other', () => {
    const crossing = production.flatMap((file) => {
      const engine = /^src\/storage\/(\w+)\//.exec(file.path)?.[1];
      if (engine === undefined) return [];
      return file.imports
        .filter((target) => /^src\/storage\/\w+\//.test(target) && !target.startsWith(`src/storage/${engine}/`))
        .map((target) => `${file.path} → ${target}`);
    });
    expect(crossing).toEqual([]);
  });

  it('has no import cycles, types included', () => {
    expect(cycles(production)).toEqual([]);
  });

  it('has no file that nobody imports', () => {
    const entries = new Set(['src/main.ts', 'src/index.ts']);
    const imported = new Set([...sources, ...others].flatMap(({ imports }) => imports));
    const productionImports = new Set(production.flatMap(({ imports }) => imports));
    const unused = production.filter(({ path }) => !entries.has(path) && !productionImports.has(path));
    expect(unused.map(({ path }) => path).filter((path) => !isForTests(path, imported))).toEqual([]);
  });

  it('has no file or folder that does not say what it is', () => {
    const banned = /(^|[/.-])(utils?|helpers?|common|misc|base|managers?|types|impl)([/.-]|$)/;
    const vague = [...sources, ...others]
      .map(({ path }) => path)
      .filter((path) => banned.test(path.replace(/\.ts$/, '')));
    expect(vague).toEqual([]);
  });

  it('takes time and chance from the clock alone', () => {
    const forbidden =
      /\b(Date\.now|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|randomBytes|randomUUID)\b/;
    expect(
      findLines(
        production.filter(({ path }) => !path.startsWith('src/clock/')),
        forbidden,
      ),
    ).toEqual([]);
  });

  it('throws MongoError or an invariant, never a bare Error', () => {
    expect(
      findLines(
        production.filter(({ path }) => !path.startsWith('src/error/')),
        /\bnew (Type|Range)?Error\(/,
      ),
    ).toEqual([]);
  });

  it('has no error code that nothing raises, save those whose class a fail point is to meet', () => {
    const tables = new Set(['src/error/codes.ts', 'src/session/error-class.ts']);
    const raised = new Set(
      production
        .filter(({ path }) => !tables.has(path))
        .flatMap(({ lines }) => lines.flatMap((line) => [...line.matchAll(/'(\w+)'/g)].map(([, name]) => name))),
    );
    const names = Object.keys(errorCodes) as (keyof typeof errorCodes)[];
    const idle = names.filter((name) => !raised.has(name) && errorClassOf(name) === 'permanent');
    expect(idle.sort()).toEqual(Object.keys(unraisedCodes).sort());
  });

  it('gives no types away and leaves no marks', () => {
    const marks =
      /\bas unknown as\b|: any\b|\bas any\b|@ts-(ignore|nocheck|expect-error)|\b(FIXME|XXX|HACK)\b|\bTODO\b(?!\(#\d+\))/;
    const searched = sources.filter(({ path }) => path !== 'test/tidy/tidy.test.ts');
    expect(findLines(searched, marks)).toEqual([]);
  });
});

describe('the ratchet', () => {
  it('holds files to 400 lines', () => {
    const over = production.filter(({ path, lines }) => lines.length - 1 > (longFiles[path]?.lines ?? 400));
    expect(over.map(({ path, lines }) => `${path}: ${lines.length - 1} lines`)).toEqual([]);
  });

  it('holds functions to 60 lines', () => {
    const over = production.flatMap((file) =>
      functionSpans(file)
        .filter(({ name, lineCount }) => lineCount > (longFunctions[`${file.path}#${name}`]?.lines ?? 60))
        .map(({ name, lineCount, firstLine }) => `${file.path}:${firstLine} ${name}: ${lineCount} lines`),
    );
    expect(over).toEqual([]);
  });

  it('has no exception that is no longer needed', () => {
    const files = Object.keys(longFiles).filter((path) => (byPath.get(path)?.lines.length ?? 0) - 1 <= 400);
    const functions = Object.keys(longFunctions).filter((key) => {
      const [path = '', name] = key.split('#');
      const file = byPath.get(path);
      return file === undefined || !functionSpans(file).some((span) => span.name === name && span.lineCount > 60);
    });
    expect([...files, ...functions]).toEqual([]);
  });
});

/** What exists for users' and our own tests only is imported by tests alone. */
function isForTests(path: string, imported: ReadonlySet<string>): boolean {
  return imported.has(path) && (path.startsWith('src/clock/') || path.startsWith('src/storage/'));
}

function findLines(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) =>
      !/^\s*(\*|\/\/|\/\*)/.test(line) && pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [],
    ),
  );
}

/** Groups of files that import each other in a circle (strongly connected components of more than one file). */
function cycles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(files.map((file) => [file.path, file.imports.filter((target) => byPath.has(target))]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const target of imports.get(path) ?? []) {
      if (!index.has(target)) {
        visit(target);
        low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0));
      } else if (stack.includes(target)) {
        low.set(path, Math.min(low.get(path) ?? 0, index.get(target) ?? 0));
      }
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) found.push(group.sort());
  };
  for (const { path } of files) if (!index.has(path)) visit(path);
  return found;
}
