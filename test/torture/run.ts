/** `npm run torture -- NAME [--seconds N] [--seed N]` */
import { parseArgs } from 'node:util';
import { tortures } from './table.ts';
import { Findings } from './torture.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, seed: { type: 'string' } },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const [name] = positionals;
  const torture = tortures.find((one) => one.name === name);
  if (torture === undefined || positionals.length !== 1) {
    print('npm run torture -- NAME [--seconds N] [--seed N]');
    for (const { name, what } of tortures) print(`  ${name.padEnd(10)} ${what}`);
    return 2;
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const seconds = Number(values.seconds ?? torture.defaultSeconds);
  if (!Number.isInteger(seed) || !(seconds > 0)) {
    print('--seed takes a whole number, --seconds one above 0');
    return 2;
  }
  const command = `npm run torture -- ${torture.name} --seconds ${seconds} --seed ${seed}`;
  print(command);
  const findings = new Findings((text) => print(text));
  const startMs = Date.now();
  const counts = await torture.run({ seed, seconds, findings, progress: (text) => print(`  ${text}`) });
  const told = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
  print(`${((Date.now() - startMs) / 1000).toFixed(1)} s: ${told.join(', ')}`);
  print(`${torture.name}: ${findings.count} differences; again with: ${command}`);
  return findings.count === 0 ? 0 : 1;
}
