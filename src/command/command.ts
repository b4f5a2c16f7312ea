/** What a row of the command table is: a name, its policy as data, and the function that does it. */
import type { Literal } from '../bson/literal.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { Services } from './services.ts';

/** A command as it came in. */
export interface CommandRequest {
  /** Wire name as sent, which is the name of the body's first field. */
  readonly name: string;
  readonly database: string;
  readonly body: BsonDocument;
  /** Documents of an OP_MSG section of kind 1 with this identifier, or undefined. */
  sequence(identifier: string): readonly BsonDocument[] | undefined;
  /** The client reads further replies without asking (OP_MSG exhaustAllowed). */
  readonly exhaustAllowed: boolean;
}

/** Fields of a reply before `ok` and the session fields, which reply.ts adds. Undefined fields are left out. */
export type Reply = { readonly [field: string]: Literal };

/** A command's policy: what the gate needs to know to admit it. Every field is stated in every row. */
export interface CommandPolicy {
  /** Refused without a login when authorization is on. */
  readonly needsLogin: boolean;
  /** `unattached`: the lsid is checked but neither vivified nor killable through it (reference 1.5). */
  readonly session: 'allowed' | 'unattached';
  /** `notFirst`: inside a transaction but not as its first statement; `only`: never outside of one. */
  readonly transaction: 'never' | 'allowed' | 'notFirst' | 'only';
  /** May carry txnNumber without autocommit (reference 6.1). */
  readonly isRetryableWrite: boolean;
  readonly isAdminOnly: boolean;
  /** Exists only when the server parameter enableTestCommands is on. */
  readonly isTestOnly: boolean;
  /** Read concern levels that the command takes outside a transaction; empty: readConcern is refused. */
  readonly readConcernLevels: readonly ('local' | 'majority' | 'available' | 'linearizable' | 'snapshot')[];
  /** Takes `readConcern: {afterClusterTime}`. */
  readonly allowsAfterClusterTime: boolean;
  readonly allowsWriteConcern: boolean;
  /** In Stable API version 1 (`apiStrict`). */
  readonly inStableApi: boolean;
  /** Action of MongoDB's privilege model and what it is asked on; `none`: free to all. Commands with several ask themselves. */
  readonly privilege:
    | { readonly action: string; readonly resource: 'cluster' | 'database' | 'collection' }
    | 'none'
    | 'own';
}

export interface Command extends CommandPolicy {
  /** Name on the wire, exactly. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for listCommands. */
  readonly help: string;
  run(operation: Operation, request: CommandRequest, services: Services): MaybePromise<Reply | BsonDocument>;
}
