/** The words of the command line and the configuration file they name, to the options of a server. */
import { readFile } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { serverVersion, sojournVersion } from '../command/version.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterValue } from '../parameter/parameter.ts';
import { type ConfigFile, parseConfigFile } from './config-file.ts';
import {
  type GivenOptions,
  type OptionName,
  type OptionRow,
  type OptionValues,
  optionTable,
  parameterKey,
} from './option-table.ts';

export interface CommandLine {
  readonly options: OptionValues;
  /** Server parameters by name. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What was given, by dotted key, as getCmdLineOpts shows it. */
  readonly parsed: Parsed;
}

export type Parsed = { readonly [name: string]: string | number | boolean | Parsed };

/** What becomes of the process where there is nothing to serve. */
export interface Exit {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What stands for a secret where options are shown. */
const hidden = '<password>';

/** mongod's exit code for options that cannot be. */
const badOptionsExitCode = 2;

/**
 * Reads the words behind the program's name. Where they ask for help or the version, or are wrong, answers what to print
 * and the exit code instead.
 */
export async function parseCommandLine(words: readonly string[]): Promise<CommandLine | Exit> {
  let stdout = '';
  let stderr = '';
  const program = describeProgram();
  program.configureOutput({
    writeOut: (text) => {
      stdout += text;
    },
    writeErr: (text) => {
      stderr += text;
    },
  });
  program.exitOverride();
  try {
    program.parse(words, { from: 'user' });
    const given = program.opts<Given>();
    const file = given.config === undefined ? emptyFile : await readConfigFile(given.config);
    return combine(givenOptions(given), parameterWords(given[parameterKey] ?? []), file, given.config);
  } catch (thrown) {
    if (thrown instanceof CommanderError)
      return { exitCode: thrown.exitCode === 0 ? 0 : badOptionsExitCode, stdout, stderr };
    if (!(thrown instanceof MongoError)) throw thrown;
    return { exitCode: badOptionsExitCode, stdout, stderr: `${thrown.message}\nTry 'sojourn --help'.\n` };
  }
}

type Given = Partial<Record<string, string | number | boolean>> & {
  readonly config?: string;
  readonly [parameterKey]?: string[];
};

const emptyFile: ConfigFile = { options: {}, parameters: {} };

function describeProgram(): Command {
  const program = new Command('sojourn');
  program
    .description('A MongoDB-compatible server whose heart is the logical session.')
    .version(`sojourn ${sojournVersion} (MongoDB ${serverVersion.text})`, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('-f, --config <file>', "options in mongod's YAML")
    .option('--setParameter <name=value>', 'set a server parameter; may be repeated', collect)
    .allowExcessArguments(false)
    .showHelpAfterError("Try 'sojourn --help'.");
  for (const { flags, help, default: otherwise } of Object.values<OptionRow<string | number | boolean>>(optionTable)) {
    if (flags === undefined) continue;
    const text =
      otherwise === '' || typeof otherwise === 'boolean' || otherwise === 0 ? help : `${help} (default: ${otherwise})`;
    if (flags === optionTable.verbosity.flags) program.option(flags, text, increase);
    else program.option(flags, text);
  }
  return program;
}

function collect(word: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), word];
}

function increase(_: string, earlier: number | undefined): number {
  return (earlier ?? 0) + 1;
}

/** The name under which commander keeps an option: its long flag as it is written. */
function attributeOf(flags: string): string {
  return (/--([A-Za-z_]+)/.exec(flags) ?? [])[1] ?? flags;
}

function givenOptions(given: Given): GivenOptions {
  const options: GivenOptions = {};
  for (const [name, row] of Object.entries<OptionRow<string | number | boolean>>(optionTable)) {
    const value = row.flags === undefined ? undefined : given[attributeOf(row.flags)];
    if (value !== undefined) options[name as OptionName] = row.kind.parse(value, `--${attributeOf(row.flags ?? '')}`);
  }
  return options;
}

function parameterWords(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals <= 0) throw new MongoError('BadValue', `--setParameter takes name=value, not '${word}'`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

async function readConfigFile(fileName: string): Promise<ConfigFile> {
  let source: string;
  try {
    source = await readFile(fileName, 'utf8');
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MongoError('BadValue', `cannot read the configuration file: ${reason}`);
  }
  return parseConfigFile(source, fileName);
}

/** The command line wins over the file, the file over the defaults. */
function combine(
  words: GivenOptions,
  wordParameters: Readonly<Record<string, string>>,
  file: ConfigFile,
  config: string | undefined,
): CommandLine {
  const given = { ...file.options, ...words };
  const parameters = { ...file.parameters, ...wordParameters };
  const entries = Object.entries<OptionRow<string | number | boolean>>(optionTable);
  const options = Object.fromEntries(entries.map(([name, row]) => [name, given[name as OptionName] ?? row.default]));
  const flat = entries.flatMap(([name, row]): [string, string | number | boolean][] => {
    const value = given[name as OptionName];
    return value === undefined ? [] : [[row.key, row.isSecret === true ? hidden : value]];
  });
  if (config !== undefined) flat.unshift(['config', config]);
  for (const [name, value] of Object.entries(parameters)) flat.push([`${parameterKey}.${name}`, value]);
  return { options: options as OptionValues, parameters, parsed: nest(flat) };
}

type Section = { [name: string]: string | number | boolean | Section };

function nest(flat: readonly (readonly [string, string | number | boolean])[]): Parsed {
  const nested: Section = {};
  for (const [key, value] of flat) {
    const names = key.split('.');
    const last = names.pop() ?? key;
    let section = nested;
    for (const name of names) {
      const known = section[name];
      const inner = typeof known === 'object' ? known : {};
      section[name] = inner;
      section = inner;
    }
    section[last] = value;
  }
  return nested;
}

/** The words of the command line with what is secret hidden, as getCmdLineOpts shows them. */
export function shownWords(words: readonly string[]): string[] {
  const secret = Object.values<OptionRow<string | number | boolean>>(optionTable)
    .filter((row) => row.isSecret === true)
    .map((row) => `--${attributeOf(row.flags ?? '')}`);
  return words.map((word, at) => {
    if (secret.includes(words[at - 1] ?? '')) return hidden;
    const option = secret.find((flag) => word.startsWith(`${flag}=`));
    return option === undefined ? word : `${option}=${hidden}`;
  });
}
