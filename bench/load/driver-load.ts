/** What the process with the Node driver is asked for. */
export const driverOperations = ['findById', 'insertOne', 'updateById', 'increment'] as const;
export type DriverOperation = (typeof driverOperations)[number];

export interface DriverRequest {
  readonly port: number;
  readonly operation: DriverOperation;
  readonly clients: number;
  readonly durationMs: number;
  readonly collection: string;
  readonly documents: number;
  readonly firstId: number;
}

export interface DriverAnswer {
  readonly operations: number;
  readonly perSecond: number;
}
