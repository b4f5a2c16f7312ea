/** Where a server tells its operator what happens. pino's loggers fit it; a server in a test may have none. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Puts the file that it writes to aside and begins a new one. Absent where it writes to no file. */
  rotate?(): void;
}

const nothing = (): void => undefined;

/** The log of a server that was given none. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
