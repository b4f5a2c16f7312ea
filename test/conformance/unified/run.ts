/** `npm run conformance`: the drivers' specification tests, through the official Node driver. See ../README.md. */
import { Command, Option } from 'commander';
import { findData } from '../data.ts';
import { openDeployment } from '../deployment.ts';
import { refuseLoweredFloors, report, reportMissingData, runReported } from '../report.ts';
import { closeSecurity } from '../security.ts';
import { type Engine, engines, type ServerKind, type Topology, topologies } from '../server-process.ts';
import { Expectations } from './expectation.ts';
import { findSuites } from './suite.ts';
import { SuiteRun } from './suite-run.ts';

interface Options {
  readonly suite?: string[];
  readonly engine: Engine;
  readonly topology: Topology;
  readonly grep?: string;
  readonly json?: string;
  readonly failures: boolean;
  readonly auth: boolean;
  readonly tls: boolean;
  readonly uri?: string;
  readonly log?: string;
  readonly raise: boolean;
}

const options = new Command('conformance')
  .description("Runs the MongoDB drivers' specification tests against a server.")
  .option('--suite <name...>', 'only these suites, such as crud or transactions')
  .addOption(new Option('--engine <name>', 'storage engine of the server').choices(engines).default('memory'))
  .addOption(new Option('--topology <name>', 'face of the server').choices(topologies).default('replicaset'))
  .option('--auth', 'the server asks for a login, and clients log in by SCRAM', false)
  .option('--tls', 'connections are encrypted', false)
  .option('--grep <text>', 'only tests whose id holds this text')
  .option('--json <file>', 'write the result to this file')
  .option('--failures', 'print the failures', false)
  .option('--uri <uri>', 'use the server that runs there')
  .option('--log <file>', 'append what the server says to this file')
  .option('--raise', 'write higher floors', false)
  .parse()
  .opts<Options>();

process.exit(await runReported(main));

async function main(): Promise<number> {
  const data = findData('specifications');
  if (!data.found) return reportMissingData(data.why);
  if (refuseLoweredFloors()) return 1;
  const suites = findSuites(data.path, options.suite);
  const { engine, topology, auth, tls, uri, grep } = options;
  const kind: ServerKind = { engine, topology, auth, tls, logPath: options.log };
  const expectations = Expectations.read();
  const deployment = await openDeployment(kind, uri);
  const startMs = performance.now();
  try {
    const run = new SuiteRun(deployment, {
      specifications: data.path,
      suites,
      accepts: (id) => grep === undefined || id.includes(grep),
      expectations,
      onProgress: showProgress,
    });
    await run.run();
    const { tally, deaths } = run;
    const durationMs = performance.now() - startMs;
    const wholeAreas = new Set(grep === undefined ? suites.map(({ name }) => name) : []);
    const ranAll = grep === undefined && options.suite === undefined;
    const unused = ranAll ? expectations.findUnused(topology === 'standalone' ? 'single' : topology) : [];
    const notes = unused.map((row) => `expectations.json: no test needs ${JSON.stringify(row)}`);
    const failures = options.failures ? Number.POSITIVE_INFINITY : 0;
    return report(
      { runner: 'conformance', kind, uri, wholeAreas, tally, durationMs, deaths, notes },
      { json: options.json, raise: options.raise, failures },
    );
  } finally {
    await deployment.stop();
    await closeSecurity();
  }
}

function showProgress(id: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${id.slice(0, 100)}`);
}
