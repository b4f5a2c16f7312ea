/** The three commands that MongoDB keeps for drivers to test the Stable API with. */
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

function testCommand(name: string, inStableApi: boolean, text: string): Command {
  return {
    ...diagnostic,
    name,
    help: 'for tests of the Stable API',
    isTestOnly: true,
    inStableApi,
    run: () => ({ text }),
  };
}

/** In version 1 of the Stable API. */
export const testVersion1 = testCommand('testVersions1And2', true, 'a command in API versions 1 and 2');
/** Not in version 1. */
export const testVersion2 = testCommand('testVersion2', false, 'a command in API version 2');
