import { any, array, bool, object, optional, optionalNotNull, string, uuid, wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { whileExclusive } from '../catalog/access.ts';
import type { View } from '../catalog/collection.ts';
import { changeCollection } from '../catalog/collection-change.ts';
import { pipelineStages, validationAction, validationLevel } from '../catalog/collection-options.ts';
import { noteModified } from '../catalog/definition-change.ts';
import { parseIndexChange } from '../catalog/index-change.ts';
import { cappedMax, cappedSize } from '../catalog/option/capped.ts';
import { changeStreamImages } from '../catalog/option/change-stream-images.ts';
import { wholeSeconds } from '../catalog/option/expiry.ts';
import { timeseriesChange } from '../catalog/option/timeseries.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { changeView } from '../catalog/view-definition.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import { checkCollectionUuid } from './collection-uuid.ts';
import type { Command, Reply } from './command.ts';
import { checkViewPipeline } from './create.ts';
import { definition } from './policy.ts';
import { mayCollMod } from './privilege/definition.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('collMod', {
  collMod: optional(any),
  index: optional((value: Value, path: string) => parseIndexChange(object(value, path), path)),
  validator: optional(object),
  validationLevel: optional(validationLevel),
  validationAction: optional(validationAction),
  viewOn: optional(string),
  pipeline: optional(array),
  cappedSize: optional(cappedSize),
  cappedMax: optional(cappedMax),
  changeStreamPreAndPostImages: optional(changeStreamImages),
  timeseries: optional((value: Value, path: string) => timeseriesChange(object(value, path), path)),
  expireAfterSeconds: optionalNotNull(expiry),
  collectionUUID: optional(uuid),
  dryRun: optional(bool),
  rawData: optional(any),
});

type Arguments = ReturnType<typeof parse>;

/** A number of seconds, or `'off'`. */
function expiry(value: Value, path: string): bigint | 'off' {
  if (isNumeric(value)) return wholeSeconds(value, path);
  if (typeof value !== 'string') throw wrongType(value, path, 'string', 'long', 'int', 'decimal', 'double');
  if (value === 'off') return value;
  throw new MongoError(
    'InvalidOptions',
    `Invalid string value for the 'collMod::expireAfterSeconds' option. Got: '${value}'. Accepted value is 'off'`,
  );
}

/** collMod: other options for a collection, a view or an index (manual, "collMod"). */
export const collMod: Command = {
  ...definition,
  name: 'collMod',
  help: 'change the options of a collection, a view or an index',
  privilege: mayCollMod,
  async run(operation, request, services): Promise<Reply> {
    const given = targetNamespace(request);
    const wanted = parse(request.body);
    if (given.database === 'local' && given.collection.startsWith('oplog.')) {
      throw new MongoError('InvalidOptions', `Cannot modify the oplog by collMod: ${given.full}`);
    }
    const name = findBucketsOwner(given) ?? given;
    if (wanted.changeStreamPreAndPostImages?.enabled === true) await services.changes.start();
    return whileExclusive(services, operation, name, () =>
      operation.write(async (transaction): Promise<Reply> => {
        const entry = services.catalog.find(transaction, name.database, name.collection);
        if (entry === undefined) throw new MongoError('NamespaceNotFound', `ns does not exist: ${name.full}`);
        checkCollectionUuid(services.catalog, name, entry, wanted.collectionUUID);
        if (wanted.dryRun !== true) await noteModified(transaction, entry, describeChange(request.body));
        if (entry.kind === 'view') return modifyView(services, operation, transaction, entry, wanted);
        return changeCollection(services.catalog, operation, transaction, entry, wanted, operation.startMs);
      }),
    );
  },
};

/** What change streams tell of the command. */
function describeChange(body: BsonDocument): BsonDocument {
  const fields = new Map<string, Value>();
  for (const [name, value] of body.entries()) if (describedOptions.has(name)) fields.set(name, value);
  return BsonDocument.fromFields(fields);
}

const describedOptions: ReadonlySet<string> = new Set([
  'index',
  'validator',
  'validationLevel',
  'validationAction',
  'viewOn',
  'pipeline',
  'cappedSize',
  'cappedMax',
  'changeStreamPreAndPostImages',
  'timeseries',
  'expireAfterSeconds',
]);

async function modifyView(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  view: View,
  { viewOn, pipeline, ...others }: Arguments,
): Promise<Reply> {
  for (const [option, value] of Object.entries(others)) {
    if (option === 'collMod' || option === 'collectionUUID' || value === undefined) continue;
    throw new MongoError('InvalidOptions', `option not supported on a view: ${option}`);
  }
  const fields = view.options.toFields();
  if (viewOn === '') throw new MongoError('BadValue', "'viewOn' option cannot be empty");
  if (viewOn !== undefined) fields.set('viewOn', viewOn);
  if (pipeline !== undefined) fields.set('pipeline', pipelineStages(pipeline, 'collMod.pipeline'));
  const options = BsonDocument.fromFields(fields);
  checkViewPipeline(services, operation, view.namespace, options);
  await changeView(services, operation, transaction, view.namespace, options);
  return {};
}
