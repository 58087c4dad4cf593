/**
 * What commands do on a data directory itself, whether a server has it open or not: wired as server.ts wires a server,
 * but without anything that listens or works in the background. Object bytes are neither read nor written.
 */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { addMasterKey, loadMasterKeys } from './config/master-key.ts';
import type { Config } from './config/schema.ts';
import {
  type AccessExplanation,
  type AccessQuestion,
  explainAccess,
} from './http/explain-access.ts';
import { explanationText } from './http/explanation-text.ts';
import { createIdentityDirectory, type ManagedIdentityDirectory } from './identity/directory.ts';
import { resealSecrets } from './identity/reseal.ts';
import { type RotatedKey, rotateAccessKey } from './identity/rotate-key.ts';
import { auditOnce } from './observe/audit/audit-log.ts';
import type { AuditRecord } from './observe/audit/audit-record.ts';
import { operations } from './operations/index.ts';
import { useKeyRing } from './server.ts';
import { createMemoryBlobStore } from './store/blob/memory.ts';
import { createStore } from './store/create-store.ts';
import { ensureFormat } from './store/format.ts';
import { openLmdbMetaStore } from './store/meta/lmdb.ts';
import type { MetaStore } from './store/meta/port.ts';

const now = (): number => Date.now();

interface Opened {
  readonly meta: MetaStore;
  readonly identity: ManagedIdentityDirectory;
}

async function useDirectory<T>(config: Config, use: (opened: Opened) => Promise<T>): Promise<T> {
  const meta = await openLmdbMetaStore({ path: join(config.dataDir, 'meta') });
  try {
    await ensureFormat(meta, now);
    const masterKeys = await loadMasterKeys(config);
    const identity = await createIdentityDirectory({
      meta,
      masterKeys,
      now,
      monotonicNow: () => performance.now(),
    });
    return await use({ meta, identity });
  } finally {
    await meta.close();
  }
}

/** Why a request would be allowed or refused, as data and in words. */
export function explainOffline(
  config: Config,
  question: AccessQuestion,
): Promise<{ readonly explanation: AccessExplanation; readonly text: string }> {
  return useDirectory(config, async ({ meta, identity }) => {
    // No bytes are looked at, and nothing is written: the slot is never used.
    const blobs = createMemoryBlobStore();
    const store = createStore({ meta, blobs, now, randomBytes, writer: 0 });
    const { region } = config;
    const explanation = await explainAccess(question, { identity, store, operations, region, now });
    return { explanation, text: explanationText(explanation) };
  });
}

/** Gives an access key another secret, and lets the one before be good for a while. @throws KeyRotationError */
export function rotateKeyOffline(
  config: Config,
  accessKeyId: string,
  graceMs: number,
): Promise<RotatedKey> {
  const said = { action: 'key rotate', parameters: { AccessKeyId: accessKeyId, graceMs } };
  return audited(config, said, () =>
    useDirectory(config, ({ identity }) => rotateAccessKey(identity, accessKeyId, graceMs, now())),
  );
}

/**
 * Puts a new master key before the others and seals everything anew that is not an object: secrets of access keys and
 * the key ring. A kill in the middle leaves both keys, and what is left to do to `resealOffline`.
 * @throws MasterKeyError
 */
export function rotateMasterKeyOffline(config: Config): Promise<Resealing> {
  return audited(config, { action: 'master-key rotate' }, async () => {
    // Not before it is known that the keys that are there are the right ones.
    await useKeyRing(config, async () => {});
    await addMasterKey(config);
    return reseal(config);
  });
}

/** Seals anew what is still sealed under another master key than the newest. */
export const resealOffline = (config: Config): Promise<Resealing> =>
  audited(config, { action: 'master-key reseal' }, () => reseal(config));

interface Resealing {
  /** Access keys. */
  readonly accessKeys: number;
  readonly unreadable: number;
  /** Keys of the key ring. */
  readonly kmsKeys: number;
}

async function reseal(config: Config): Promise<Resealing> {
  const { resealed, unreadable } = await useDirectory(config, ({ identity }) =>
    resealSecrets(identity),
  );
  const kmsKeys = await useKeyRing(config, (keyRing) => keyRing.rewrap());
  return { accessKeys: resealed, unreadable, kmsKeys };
}

/** What a command does to a data directory, as the audit log tells it. */
type Said = Pick<AuditRecord, 'action' | 'parameters' | 'resource'>;

/** Does it and tells the audit log, if settings name one: also of what failed. */
export async function audited<T>(config: Config, said: Said, act: () => Promise<T>): Promise<T> {
  const tell = (came: Pick<AuditRecord, 'outcome' | 'reason'>) =>
    auditOnce(config, {
      ...{ time: now(), service: 'kist', ...said, ...came },
      who: { command: `kist ${said.action}`, user: userInfo().username },
    });
  let result: T;
  try {
    result = await act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await tell({ outcome: 'failed', reason });
    throw error;
  }
  await tell({ outcome: 'done' });
  return result;
}
