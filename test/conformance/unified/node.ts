/**
 * The runner's own clients: one for all that the format does "with the internal client", and one for each node, so
 * that fail points can be set and taken away on the very server that a test means.
 */
import { type Document, MongoClient } from 'mongodb';
import { hostsOf, nodeUri } from '../connection-string.ts';

const serverSelectionTimeoutMS = 8000;
const minHeartbeatFrequencyMS = 20;

/** Failures of `killAllSessions` that say nothing: interrupted, unauthorized, unknown command. */
const harmlessCodes = [11601, 13, 59];

export class Nodes {
  /** The internal client: connected to the first node only, where there are several routers. */
  readonly internal: MongoClient;
  #byHost: Map<string, MongoClient>;
  #failPoints = new Map<string, MongoClient>();

  constructor(uri: string) {
    const options = { serverSelectionTimeoutMS, minHeartbeatFrequencyMS };
    this.#byHost = new Map(hostsOf(uri).map((host) => [host, new MongoClient(nodeUri(uri, host), options)]));
    const [first] = this.#byHost.values();
    if (first === undefined) throw new Error(`no host in ${uri}`);
    this.internal = first;
  }

  /** Sets a fail point on the node at `address`; without one, on the first. */
  async setFailPoint(command: Document, address?: string): Promise<void> {
    const node = address === undefined ? this.internal : this.#byHost.get(address);
    if (node === undefined) throw new Error(`no node is at ${address}`);
    this.#failPoints.set(`${address} ${command.configureFailPoint}`, node);
    await node.db('admin').command(command);
  }

  /** Notes a fail point that a test's own client set, so that it is taken away after the test. */
  noteFailPoint(command: Document): void {
    for (const [host, node] of this.#byHost) this.#failPoints.set(`${host} ${command.configureFailPoint}`, node);
  }

  /** Takes all fail points of the test away. */
  async clearFailPoints(): Promise<void> {
    const set = [...this.#failPoints];
    this.#failPoints.clear();
    for (const [key, node] of set) {
      const name = key.split(' ').at(-1);
      await node.db('admin').command({ configureFailPoint: name, mode: 'off' });
    }
  }

  /** Ends every open transaction, on every node: it would block the tests that follow. */
  async killAllSessions(): Promise<void> {
    for (const node of this.#byHost.values()) {
      await node
        .db('admin')
        .command({ killAllSessions: [] })
        .catch((error) => {
          if (!harmlessCodes.includes(error.code)) throw error;
        });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byHost.values()].map((node) => node.close()));
  }
}
