/** Running suites: one test after another, because fail points and names are shared by all of a server. */
import type { Deployment } from '../deployment.ts';
import { failed, type Outcome, passed, skipped, Tally } from '../tally.ts';
import type { Expectations } from './expectation.ts';
import { isVerdict } from './failure.ts';
import { Nodes } from './node.ts';
import { fetchServerFacts, findUnmetRequirement, type ServerFacts } from './requirement.ts';
import { findFiles, type Suite, type SuiteFile } from './suite.ts';
import type { Test, TestFile } from './test-file.ts';
import { runTest, type TestGround } from './test-run.ts';

export interface SuiteSelection {
  readonly specifications: string;
  readonly suites: readonly Suite[];
  /** Whether to run the test of this id. */
  readonly accepts: (id: string) => boolean;
  readonly expectations: Expectations;
  /** Told before each test what it is. */
  readonly onProgress?: (id: string) => void;
}

export class SuiteRun {
  readonly tally = new Tally();
  /** One line for each death of a server: what ran then, and how it ended. */
  readonly deaths: string[] = [];
  #deployment: Deployment;
  #selection: SuiteSelection;
  #nodes: Nodes | undefined;
  #facts: ServerFacts | undefined;

  constructor(deployment: Deployment, selection: SuiteSelection) {
    this.#deployment = deployment;
    this.#selection = selection;
  }

  /** Runs all suites. Rejects only when the deployment is lost: it is gone and cannot be started anew. */
  async run(): Promise<void> {
    for (const suite of this.#selection.suites) {
      for (const file of findFiles(this.#selection.specifications, suite)) {
        if (suite.mustBeRefused === true) await this.#runRefusal(suite, file);
        else await this.#runFile(suite, file);
      }
    }
    await this.#nodes?.close();
  }

  async #runFile(suite: Suite, file: SuiteFile): Promise<void> {
    const path = `${suite.name}/${file.name}`;
    let content: TestFile;
    try {
      content = file.read();
    } catch (error) {
      this.tally.add(suite.name, path, failed(`the file cannot be run: ${messageOf(error)}`));
      return;
    }
    const { facts } = await this.#connect();
    const unmet = findUnmetRequirement(content.runOnRequirements, facts);
    for (const test of content.tests) {
      const id = `${path}: ${test.description}`;
      if (!this.#selection.accepts(id)) continue;
      const skip = test.skipReason ?? unmet ?? findUnmetRequirement(test.runOnRequirements, facts);
      const ownSkip = this.#selection.expectations.findSkip(id, test, facts.topology);
      const reason = skip ?? ownSkip;
      if (reason === undefined) await this.tally.time(suite.name, id, () => this.#runTest(id, content, test));
      else this.tally.add(suite.name, id, skipped(reason));
    }
  }

  async #runTest(id: string, file: TestFile, test: Test): Promise<Outcome> {
    this.#selection.onProgress?.(id);
    const { nodes } = await this.#connect();
    const outcome = await runTest(file, test, this.#ground(nodes)).then(
      () => passed,
      (error) => failed(describeFailure(error)),
    );
    const death = await this.#findDeath(nodes);
    if (death === undefined) return outcome;
    this.deaths.push(`${death}\n    while this ran: ${id}`);
    return failed(`while this test ran, the server ${death}`);
  }

  /** A file that a runner must refuse passes when reading it or one of its tests fails. */
  async #runRefusal(suite: Suite, file: SuiteFile): Promise<void> {
    const id = `${suite.name}/${file.name}`;
    if (!this.#selection.accepts(id)) return;
    const { nodes } = await this.#connect();
    const refusal = await runWhole(file, this.#ground(nodes)).catch((error) => error);
    this.tally.add(suite.name, id, refusal === undefined ? failed('the file should have been refused') : passed);
  }

  #ground(nodes: Nodes): TestGround {
    return { uri: this.#deployment.uri, nodes, extraFields: this.#selection.expectations.extraFields };
  }

  async #connect(): Promise<{ nodes: Nodes; facts: ServerFacts }> {
    this.#nodes ??= new Nodes(this.#deployment.uri);
    this.#facts ??= await fetchServerFacts(this.#nodes.internal);
    return { nodes: this.#nodes, facts: this.#facts };
  }

  /** Whether a server died or no longer answers; a new one runs then. */
  async #findDeath(nodes: Nodes): Promise<string | undefined> {
    const answers = await nodes.internal
      .db('admin')
      .command({ ping: 1 })
      .then(
        () => true,
        () => false,
      );
    if (answers && this.#deployment.isRunning) return undefined;
    await nodes.close();
    this.#nodes = undefined;
    return this.#deployment.recover(!answers);
  }
}

async function runWhole(file: SuiteFile, ground: TestGround): Promise<void> {
  const content = file.read();
  for (const test of content.tests) await runTest(content, test, ground);
}

function describeFailure(error: unknown): string {
  return isVerdict(error) || !(error instanceof Error) ? messageOf(error) : `${error.name}: ${error.message}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
