/** What an administrator does, beside a running server: on its data directory, as another process of it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIdentityDirectory } from '../../src/identity/directory.ts';
import type { NamespaceDeps } from '../../src/identity/namespaces.ts';
import { createMemoryBlobStore } from '../../src/store/blob/memory.ts';
import { namespaceHoldings } from '../../src/store/bucket-limits.ts';
import { createStore } from '../../src/store/create-store.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import type { Bucket } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';

export interface Beside extends NamespaceDeps, AsyncDisposable {
  readonly store: Store;
  bucket(namespace: string, name: string): Promise<Bucket>;
}

/** No process of a server has this slot. */
const writer = 9_000;

export async function openBeside(dataDir: string): Promise<Beside> {
  const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  const now = () => Date.now();
  // Bodies are never touched.
  const blobs = createMemoryBlobStore();
  const store = createStore({ meta, blobs, now, randomBytes, writer });
  const masterKey = Buffer.from(readFileSync(join(dataDir, 'master-key'), 'utf8'), 'base64');
  const directory = await createIdentityDirectory({
    meta,
    masterKeys: [masterKey],
    now,
    monotonicNow: () => performance.now(),
  });
  return {
    store,
    directory,
    now,
    holdings: namespaceHoldings(store.quotas),
    async bucket(namespace, name) {
      const bucket = await store.buckets.get(namespace, name);
      if (bucket === undefined) throw new Error(`there is no bucket ${namespace}/${name}`);
      return bucket;
    },
    [Symbol.asyncDispose]: () => meta.close(),
  };
}
