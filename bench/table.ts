import { driver } from './benchmark/driver.ts';
import { flush } from './benchmark/flush.ts';
import { growth } from './benchmark/growth.ts';
import { point } from './benchmark/point.ts';
import { scan } from './benchmark/scan.ts';
import { sessionJobs } from './benchmark/session-jobs.ts';
import { manySessions } from './benchmark/sessions.ts';
import { size } from './benchmark/size.ts';
import { startup } from './benchmark/startup.ts';
import { transactions } from './benchmark/transactions.ts';
import type { Benchmark } from './benchmark.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  point,
  driver,
  flush,
  startup,
  scan,
  growth,
  transactions,
  manySessions,
  sessionJobs,
  size,
];
