/** Every command of the server, by name: one literal table. A command that is not here does not exist. */
import type { Command } from './command.ts';
import { hello, isMaster } from './hello.ts';
import { ping } from './ping.ts';

/** All commands, alphabetical. */
export const commands: readonly Command[] = [hello, isMaster, ping];

const byName: ReadonlyMap<string, Command> = new Map(
  commands.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const)),
);

/** The command with exactly this name or alias. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name);
}
