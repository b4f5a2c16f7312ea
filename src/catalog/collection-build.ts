/**
 * A collection that is filled before anybody knows it, batch after batch, each a storage transaction of its own: what $out
 * makes. The catalog names its tables when it is complete; until then a note does, so that the next start gives back what
 * a crash has left.
 *
 *   begin ─► add ─ add ─ add ─► put (in the operation's transaction) ─► end
 *                         └───► abandon
 */
import type { Randomness } from '../clock/randomness.ts';
import type { StorageTransaction, TableId } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import { checkFree, type NewCollection, newCollection } from './define.ts';
import { noteCreated, noteDropped } from './definition-change.ts';
import type { WriteContext } from './document-write.ts';
import { withMultikey } from './index-build.ts';
import { checkCreatable } from './namespace.ts';
import type { ChangeHooks } from './own-transaction.ts';

export class CollectionBuild {
  /** For those who write its documents. */
  readonly writing: WriteContext;
  readonly #catalog: Catalog;
  #collection: Collection;

  private constructor(catalog: Catalog, collection: Collection) {
    this.#catalog = catalog;
    this.#collection = collection;
    this.writing = {
      keyBytes: catalog.engine.capabilities.keyBytes,
      becomesMultikey: async (_collection, { descriptor }, { multikeyPaths }) => {
        this.#collection = withMultikey(this.#collection, descriptor.name, multikeyPaths);
      },
    };
  }

  /** Throws InvalidNamespace for a name that no collection can have. */
  static async begin(catalog: Catalog, randomness: Randomness, wanted: NewCollection): Promise<CollectionBuild> {
    checkCreatable(wanted.name);
    const build = new CollectionBuild(catalog, await newCollection(catalog, randomness, wanted));
    await catalog.noteBuild(build.#tables);
    return build;
  }

  /** Writes some documents. */
  async add(work: (transaction: StorageTransaction, collection: Collection) => Promise<void>): Promise<void> {
    const transaction = await this.#catalog.engine.begin();
    try {
      await work(transaction, this.#collection);
      await transaction.commit('visible');
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
    else {
      await this.#catalog.remove(transaction, hooks, replaced);
      await noteDropped(transaction, replaced);
    }
    const complete = { ...this.#collection, changedAt: this.#catalog.version };
    await this.#catalog.put(transaction, hooks, complete);
    await noteCreated(transaction, complete);
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
