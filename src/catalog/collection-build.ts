/**
 * A collection that is filled before anybody knows it, batch after batch, each a storage transaction of its own: what $out
 * makes. The catalog names its tables when it is complete; until then a note does, so that the next start gives back what
 * a crash has left.
 *
 *   begin ─► add ─ add ─ add ─► put (in the operation's transaction) ─► end
 *                         └───► abandon
 *
 * Change streams see it as MongoDB lets them see $out: documents inserted into a collection of a passing name, which is
 * then renamed.
 */
import type { Randomness } from '../clock/randomness.ts';
import { WatchedTransaction } from '../session/watched-transaction.ts';
import type { StorageTransaction, TableId } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import { checkFree, type NewCollection, newCollection } from './define.ts';
import { noteRenamed } from './definition-change.ts';
import type { WriteContext } from './document-write.ts';
import { withMultikey } from './index-build.ts';
import { checkCreatable, type Namespace, namespace } from './namespace.ts';
import type { ChangeHooks, OwnCommit } from './own-transaction.ts';

export class CollectionBuild {
  /** For those who write its documents. */
  readonly writing: WriteContext;
  readonly #catalog: Catalog;
  readonly #commit: OwnCommit;
  /** The name that its documents are told under until it is put. */
  readonly #passingName: Namespace;
  #collection: Collection;

  private constructor(catalog: Catalog, commit: OwnCommit, passingName: Namespace, collection: Collection) {
    this.#catalog = catalog;
    this.#commit = commit;
    this.#passingName = passingName;
    this.#collection = collection;
    this.writing = {
      keyBytes: catalog.engine.capabilities.keyBytes,
      becomesMultikey: async (_collection, { descriptor }, { multikeyPaths }) => {
        this.#collection = withMultikey(this.#collection, descriptor.name, multikeyPaths);
      },
    };
  }

  /** Throws InvalidNamespace for a name that no collection can have. */
  static async begin(
    catalog: Catalog,
    randomness: Randomness,
    commit: OwnCommit,
    wanted: NewCollection,
  ): Promise<CollectionBuild> {
    checkCreatable(wanted.name);
    const collection = await newCollection(catalog, randomness, wanted);
    const passingName = namespace(wanted.name.database, `tmp.agg_out.${collection.uuid.toString('hex')}`);
    const build = new CollectionBuild(catalog, commit, passingName, collection);
    await catalog.noteBuild(build.#tables);
    return build;
  }

  /** Writes some documents. */
  async add(work: (transaction: StorageTransaction, collection: Collection) => Promise<void>): Promise<void> {
    const transaction = new WatchedTransaction(await this.#catalog.engine.begin());
    try {
      await work(transaction, this.#underPassingName());
      await this.#commit.commitOwn(transaction, 'visible');
    } catch (thrown) {
      transaction.abort();
      throw thrown;
    }
  }

  /**
   * Lets the catalog name it, in place of `replaced`, in this transaction. Throws NamespaceExists, DatabaseDifferCase
   * where nothing is replaced and the name is taken.
   */
  async put(transaction: StorageTransaction, hooks: ChangeHooks, replaced: Collection | undefined): Promise<void> {
    if (replaced === undefined) checkFree(this.#catalog, transaction, this.#collection.namespace);
    else await this.#catalog.remove(transaction, hooks, replaced);
    const complete = { ...this.#collection, changedAt: this.#catalog.version };
    await this.#catalog.put(transaction, hooks, complete);
    await noteRenamed(transaction, this.#underPassingName(), complete.namespace, replaced);
  }

  #underPassingName(): Collection {
    return { ...this.#collection, namespace: this.#passingName };
  }

  /** The catalog names it. */
  end(): void {
    this.#catalog.endBuild(this.#tables);
  }

  /** Nobody will ever know it. */
  abandon(): void {
    this.#catalog.dropTables(this.#tables);
    this.#catalog.endBuild(this.#tables);
  }

  get #tables(): TableId[] {
    const { recordTable, indexes } = this.#collection;
    return [recordTable, ...indexes.map(({ table }) => table)];
  }
}
