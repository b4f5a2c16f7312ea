/** `runOnRequirements`: whether a test is meant for the server at hand, and why not. */
import type { Document, MongoClient } from 'mongodb';
import type { Requirement } from './test-file.ts';

/** What a requirement asks about the server. */
export interface ServerFacts {
  readonly version: readonly number[];
  readonly topology: 'single' | 'replicaset' | 'sharded';
  readonly hasAuth: boolean;
  readonly parameters: Document;
}

/** Asks the server for its facts. */
export async function fetchServerFacts(client: MongoClient): Promise<ServerFacts> {
  const admin = client.db('admin');
  const [buildInfo, hello] = [await admin.command({ buildInfo: 1 }), await admin.command({ hello: 1 })];
  return {
    version: buildInfo.versionArray.slice(0, 3),
    topology: hello.msg === 'isdbgrid' ? 'sharded' : hello.setName === undefined ? 'single' : 'replicaset',
    hasAuth: client.options.credentials !== undefined,
    parameters: await admin.command({ getParameter: '*' }).catch(() => ({})),
  };
}

/** Why none of the requirements is met, in the words of the file; undefined when one is, or there are none. */
export function findUnmetRequirement(
  requirements: readonly Requirement[] | undefined,
  facts: ServerFacts,
): string | undefined {
  if (requirements === undefined || requirements.length === 0) return undefined;
  const unmet = requirements.map((requirement) => unmetParts(requirement, facts));
  if (unmet.some((parts) => parts.length === 0)) return undefined;
  return `runs only on ${unmet.map((parts) => parts.join(' and ')).join(', or ')}`;
}

function unmetParts(requirement: Requirement, facts: ServerFacts): string[] {
  const { minServerVersion, maxServerVersion, topologies, serverless, auth, authMechanism, csfle } = requirement;
  const parts: string[] = [];
  if (minServerVersion !== undefined && compareVersions(facts.version, minServerVersion) < 0) {
    parts.push(`a server from ${minServerVersion}`);
  }
  if (maxServerVersion !== undefined && compareVersions(facts.version, maxServerVersion) > 0) {
    parts.push(`a server up to ${maxServerVersion}`);
  }
  if (topologies !== undefined && !topologies.some((name) => isTopology(name, facts))) {
    parts.push(`topology ${topologies.join(' or ')}`);
  }
  if (serverless === 'require') parts.push('Atlas Serverless');
  if (auth !== undefined && auth !== facts.hasAuth) parts.push(auth ? 'a server with auth' : 'a server without auth');
  if (authMechanism !== undefined && !hasAuthMechanism(authMechanism, facts)) parts.push(`auth by ${authMechanism}`);
  if (csfle !== undefined && csfle !== false) parts.push('a driver with client-side encryption');
  return [...parts, ...unmetParameters(requirement.serverParameters ?? {}, facts)];
}

function unmetParameters(wanted: Document, { parameters }: ServerFacts): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => parameters[name] === undefined || !isSameSetting(parameters[name], value))
    .map(([name, value]) => `a server with ${name}=${JSON.stringify(value)}`);
}

function isSameSetting(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'number') return Number(actual) === wanted;
  return JSON.stringify(actual) === JSON.stringify(wanted);
}

/** The old name "sharded-replicaset" means shards that are replica sets, as all are. */
function isTopology(name: string, { topology }: ServerFacts): boolean {
  return name === topology || (name === 'sharded-replicaset' && topology === 'sharded');
}

function hasAuthMechanism(name: string, { parameters }: ServerFacts): boolean {
  const mechanisms: unknown = parameters.authenticationMechanisms;
  if (!Array.isArray(mechanisms)) return false;
  return mechanisms.some((mechanism) => String(mechanism).toLowerCase() === name.toLowerCase());
}

function compareVersions(version: readonly number[], wanted: string): number {
  const parts = wanted.split('.').map((part) => Number.parseInt(part, 10));
  const difference = [0, 1, 2].map((index) => (version[index] ?? 0) - (parts[index] ?? 0)).find((d) => d !== 0);
  return difference ?? 0;
}
