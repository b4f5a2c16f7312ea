import { any, optional } from '../bson/structure.ts';
import { limits } from '../limits.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { serverVersion, sojournVersion } from './version.ts';

const parse = commandArguments('buildInfo', { buildInfo: optional(any), buildinfo: optional(any) });

/** buildInfo: what this server is (manual, "buildInfo"). */
export const buildInfo: Command = {
  ...diagnostic,
  name: 'buildInfo',
  aliases: ['buildinfo'],
  help: 'version and build of the server',
  needsLogin: false,
  run(_operation, request) {
    parse(request.body);
    return {
      version: serverVersion.text,
      gitVersion: `sojourn-${sojournVersion}`,
      modules: ['sojourn'],
      allocator: 'system',
      javascriptEngine: 'none',
      sysInfo: 'deprecated',
      versionArray: serverVersion.numbers,
      openssl: { running: process.versions.openssl, compiled: process.versions.openssl },
      buildEnvironment: { distmod: '', distarch: process.arch, target_arch: process.arch, target_os: process.platform },
      bits: 64,
      debug: false,
      maxBsonObjectSize: limits.documentSizeBytes,
      storageEngines: ['lmdb', 'memory'],
    };
  },
};
