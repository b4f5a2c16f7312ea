import { arch, cpus, hostname, release, totalmem, type } from 'node:os';
import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const mebibyte = 1024 * 1024;

const parse = commandArguments('hostInfo', { hostInfo: optional(any) });

/** hostInfo: the machine that the server runs on (manual, "hostInfo"). */
export const hostInfo: Command = {
  ...diagnostic,
  name: 'hostInfo',
  help: 'the machine that the server runs on',
  privilege: { action: 'hostInfo', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    const memoryMebibytes = BigInt(Math.floor(totalmem() / mebibyte));
    const processors = cpus();
    return {
      system: {
        currentTime: new Date(services.clock.nowMs()),
        hostname: hostname(),
        cpuAddrSize: 64,
        memSizeMB: memoryMebibytes,
        memLimitMB: memoryMebibytes,
        numCores: processors.length,
        numCoresAvailableToProcess: processors.length,
        numPhysicalCores: processors.length,
        numCpuSockets: 1,
        cpuArch: arch(),
        numaEnabled: false,
        numNumaNodes: 1,
      },
      os: { type: type(), name: type(), version: release() },
      extra: { versionString: `${type()} ${release()}`, cpuString: processors[0]?.model ?? '', pageSize: 4096n },
    };
  },
};
