/** What a row of the command table is: a name, its policy as data, and the function that does it. */
import type { Literal } from '../bson/literal.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { CommandPolicy } from '../session/command-policy.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { Services } from './services.ts';

export type { CommandPolicy };

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

export interface Command extends CommandPolicy {
  /** Name on the wire, exactly. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for listCommands. */
  readonly help: string;
  run(operation: Operation, request: CommandRequest, services: Services): MaybePromise<Reply | BsonDocument>;
}
