import { renameSync } from 'node:fs';
import { pino } from 'pino';
import { systemClock } from '../clock/clock.ts';
import type { Log } from '../log.ts';

export interface LogOptions {
  /** File to append to; empty: stderr. */
  readonly path: string;
  readonly quiet: boolean;
  /** 0 is sparse; more shows connections and then everything. */
  readonly verbosity: number;
}

/** The program's structured log: one JSON object per line, written at once. Throws where the file cannot be opened. */
export function openLog({ path, quiet, verbosity }: LogOptions): Log {
  const level = verbosity > 1 ? 'trace' : verbosity === 1 ? 'debug' : quiet ? 'warn' : 'info';
  const destination = pino.destination({ dest: path === '' ? 2 : path, sync: true, append: true });
  const options = {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
  };
  const log = pino(options, destination);
  if (path === '') return log;
  return Object.assign(log, {
    rotate() {
      // Named as mongod names it: the file and the second in which it was put aside.
      renameSync(path, `${path}.${new Date(systemClock.nowMs()).toISOString().slice(0, 19).replaceAll(':', '-')}`);
      destination.reopen(path);
    },
  });
}
