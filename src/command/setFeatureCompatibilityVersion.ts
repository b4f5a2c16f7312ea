import { any, lenientBool, optional, required, string } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('setFeatureCompatibilityVersion', {
  setFeatureCompatibilityVersion: required(string),
  confirm: optional(lenientBool),
  fromConfigServer: optional(any),
});

const versions: readonly string[] = ['8.0', '8.2'];

/** setFeatureCompatibilityVersion: 8.0 or 8.2 (manual, "setFeatureCompatibilityVersion"). Sessions need 3.6 or newer. */
export const setFeatureCompatibilityVersion: Command = {
  ...diagnostic,
  name: 'setFeatureCompatibilityVersion',
  help: 'set the feature compatibility version',
  isAdminOnly: true,
  allowsWriteConcern: true,
  privilege: { action: 'setFeatureCompatibilityVersion', resource: 'cluster' },
  run(_operation, request, services) {
    const { setFeatureCompatibilityVersion: version, confirm } = parse(request.body);
    if (!versions.includes(version)) {
      throw new MongoError(
        'Location4926900',
        `Invalid feature compatibility version value '${version}'; expected one of '8.0' or '8.2': the version must be 3.6 or greater for sessions, and this server offers no version older than 8.0`,
      );
    }
    if (confirm !== true) {
      throw new MongoError(
        'Location7369100',
        `Once you have changed the feature compatibility version you may have to upgrade or downgrade binaries. Rerun with {setFeatureCompatibilityVersion: '${version}', confirm: true} to proceed.`,
      );
    }
    services.featureCompatibility.version = version;
    return {};
  },
};
