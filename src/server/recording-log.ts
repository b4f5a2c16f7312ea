import type { Clock } from '../clock/clock.ts';
import type { RecentLog } from '../command/services.ts';
import type { Log } from '../log.ts';

/** Lines that getLog can show. */
const keptLines = 1024;

const severity = { debug: 'D1', info: 'I', warn: 'W', error: 'E' } as const;

/** Passes everything on to another log and keeps the newest lines, in the form of MongoDB's log (manual, "Log Messages"). */
export class RecordingLog implements Log, RecentLog {
  readonly #target: Log;
  readonly #clock: Clock;
  #lines: string[] = [];
  #totalLines = 0;

  constructor(target: Log, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  get lines(): readonly string[] {
    return this.#lines.slice(-keptLines);
  }

  get totalLines(): number {
    return this.#totalLines;
  }

  debug(fields: object, message: string): void {
    this.#target.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#keep('info', fields, message);
    this.#target.info(fields, message);
  }

  warn(fields: object, message: string): void {
    this.#keep('warn', fields, message);
    this.#target.warn(fields, message);
  }

  error(fields: object, message: string): void {
    this.#keep('error', fields, message);
    this.#target.error(fields, message);
  }

  rotate(): void {
    this.#target.rotate?.();
  }

  #keep(level: keyof typeof severity, fields: object, message: string): void {
    const t = { $date: new Date(this.#clock.nowMs()).toISOString() };
    this.#lines.push(JSON.stringify({ t, s: severity[level], c: 'NETWORK', ctx: 'main', msg: message, attr: fields }));
    this.#totalLines++;
    if (this.#lines.length >= 2 * keptLines) this.#lines = this.#lines.slice(-keptLines);
  }
}
