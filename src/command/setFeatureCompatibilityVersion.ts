import { document } from '../bson/literal.ts';
import { any, lenientBool, optional, required, string } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { featureCompatibilityId, isFeatureCompatibilityVersion } from './read/feature-compatibility.ts';
import { saveSetting, versionNamespace } from './write/stored-setting.ts';

const parse = commandArguments('setFeatureCompatibilityVersion', {
  setFeatureCompatibilityVersion: required(string),
  confirm: optional(lenientBool),
  fromConfigServer: optional(any),
});

/** setFeatureCompatibilityVersion: 8.0 or 8.2 (manual, "setFeatureCompatibilityVersion"). Sessions need 3.6 or newer. */
export const setFeatureCompatibilityVersion: Command = {
  ...diagnostic,
  name: 'setFeatureCompatibilityVersion',
  help: 'set the feature compatibility version',
  isAdminOnly: true,
  allowsWriteConcern: true,
  privilege: { action: 'setFeatureCompatibilityVersion', resource: 'cluster' },
  async run(operation, request, services) {
    const { setFeatureCompatibilityVersion: version, confirm } = parse(request.body);
    if (!isFeatureCompatibilityVersion(version)) {
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
    const setting = document({ _id: featureCompatibilityId, version });
    await saveSetting(services, operation, versionNamespace, setting);
    services.featureCompatibility.version = version;
    return {};
  },
};
