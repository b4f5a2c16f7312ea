/** The files of the corpus, as JSON. What cannot be read is an error that names the file; the runner counts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface Case {
  readonly id: string;
  readonly what: string;
  /** Touches server-wide state: never beside other cases. */
  readonly exclusive?: boolean;
  readonly cleanupDbs?: readonly string[];
  readonly steps: readonly Step[];
}

export type Step = SleepStep | CommandStep;

export interface SleepStep {
  readonly sleepMs: number;
}

export interface CommandStep {
  readonly db: string;
  readonly command: JsonObject;
  readonly session?: string;
  readonly conn?: string;
  /** All must hold. A step that says nothing expects success. */
  readonly expectations: readonly ExpectationJson[];
  readonly cleanup?: boolean;
  readonly retryOn?: { readonly code: number; readonly timeoutMs: number };
}

/** One expectation as written; `expectation.ts` gives it its meaning and refuses what it does not know. */
export type ExpectationJson = JsonObject;

/** The file paths of all areas below `folder`, without `.json`, in order of their names. */
export function findAreas(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => path.slice(0, -'.json'.length).replaceAll(sep, '/'))
    .sort();
}

/** Reads the cases of one area. Throws when the file is damaged. */
export function readCases(folder: string, area: string): readonly Case[] {
  const content: Json = JSON.parse(readFileSync(join(folder, `${area}.json`), 'utf8'));
  if (!isObject(content) || !Array.isArray(content.cases)) throw new Error('the file has no list "cases"');
  return content.cases.map(requireCase);
}

/** The area under which a file is counted: `core/operator/expressions`, `core/cursors`, `changeStreams`. */
export function countedArea(area: string): string {
  const parts = area.split('/').slice(0, -1);
  if (parts[0] === 'changeStreams') return 'changeStreams';
  return parts.slice(0, parts[1] === 'operator' ? 3 : 2).join('/');
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireCase(value: Json, index: number): Case {
  if (!isObject(value) || typeof value.id !== 'string') throw new Error(`case ${index} has no id`);
  const { id, what, exclusive, cleanupDbs, steps } = value;
  if (!Array.isArray(steps) || steps.length === 0) throw new Error(`case ${id} has no steps`);
  return {
    id,
    what: typeof what === 'string' ? what : '',
    exclusive: exclusive === true,
    cleanupDbs: Array.isArray(cleanupDbs) ? cleanupDbs.map(String) : [],
    steps: steps.map((step) => requireStep(step, id)),
  };
}

function requireStep(value: Json, id: string): Step {
  if (isObject(value) && typeof value.sleepMs === 'number') return { sleepMs: value.sleepMs };
  if (!isObject(value) || !isObject(value.command) || typeof value.db !== 'string') {
    throw new Error(`case ${id} has a step that is neither a command nor a pause`);
  }
  const { db, command, session, conn, expect, cleanup, retryOn } = value;
  return {
    db,
    command,
    ...(typeof session === 'string' && { session }),
    ...(typeof conn === 'string' && { conn }),
    expectations: requireExpectations(expect ?? { ok: true }, id),
    cleanup: cleanup === true,
    ...(isObject(retryOn) && { retryOn: { code: Number(retryOn.code), timeoutMs: Number(retryOn.timeoutMs) } }),
  };
}

function requireExpectations(value: Json, id: string): ExpectationJson[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((expectation) => {
    if (!isObject(expectation)) throw new Error(`case ${id} has an expectation that is no object`);
    return expectation;
  });
}
