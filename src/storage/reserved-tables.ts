import type { TableId } from './engine.ts';

/** Tables with a fixed number: what the server keeps beside users' collections. */
export const reservedTables = {
  /** Collections, views and indexes. */
  catalog: 1,
  /** What sessions' retryable statements did. */
  sessionHistory: 2,
  /** The highest cluster time handed out. */
  clusterTime: 3,
  /** How much each capped collection holds. */
  cappedUsage: 4,
  /** What no command shows. */
  secret: 5,
  /** Whether changes are kept for change streams, and since when. */
  changeState: 6,
  /** The changes, by cluster time. */
  changeLog: 7,
  /** Documents before and after changes, by the keys of the changes. */
  changeImages: 8,
} as const satisfies Record<string, TableId>;

/** Numbers from here on belong to collections and their indexes. */
export const firstFreeTable: TableId = 100;
