/**
 * The local key ring: what AWS KMS is to SSE-KMS. Keys have an id, can be disabled, and have versions: the
 * newest encrypts, older ones go on decrypting what they encrypted.
 *
 * Records hold key material only as the master key has wrapped it. They are read for every use, so that a
 * key that one process disables is disabled in all of them at once.
 */
import { S3Error } from '../../protocol/errors.ts';
import { keyBytes } from './wrapped-key.ts';
import { createWrapping, type MasterKeys, type Wrapping } from './wrapping.ts';

/** Where the key ring keeps its records: by name, changed only as they were read. */
export interface KeyRecords {
  get(name: string): Promise<{ readonly value: object; readonly seq: number } | undefined>;
  /** False if the record is no longer at `seq`; undefined demands that there is none. */
  put(name: string, value: object, seq: number | undefined): Promise<boolean>;
  /** Names that begin so, in order. */
  names(prefix: string): Promise<readonly string[]>;
}

interface KeyRecord {
  readonly state: 'Enabled' | 'Disabled';
  /** Oldest first; a version's number is its place, from 1. */
  readonly versions: readonly { readonly material: string; readonly createdAt: number }[];
}

interface KeyVersion {
  readonly version: number;
  readonly key: Buffer;
}

export type KeyState = KeyRecord['state'];

/** What may be told of a key. */
export interface KeyDescription {
  readonly id: string;
  readonly state: KeyState;
  readonly versions: number;
  /** Of the first version, and of the newest; milliseconds since the epoch. */
  readonly createdAt: number;
  readonly rotatedAt: number;
}

export interface KeyRing {
  /** Makes the key if there is none of that id; whether it was made. */
  ensure(id: string): Promise<boolean>;
  /** In order of id. */
  list(): Promise<readonly KeyDescription[]>;
  /** Gives the key a new version. @throws S3Error KMS.NotFoundException */
  rotate(id: string): Promise<void>;
  /** @throws S3Error KMS.NotFoundException */
  setState(id: string, state: KeyState): Promise<void>;
  /** Wraps under the newest master key what was wrapped under others; how many records that were. */
  rewrap(): Promise<number>;
  /** To encrypt with. @throws S3Error KMS.NotFoundException, KMS.DisabledException */
  newest(id: string): Promise<KeyVersion>;
  /** To decrypt with. @throws S3Error KMS.NotFoundException, KMS.DisabledException */
  version(id: string, version: number): Promise<Buffer>;
}

/** In ASCII characters. */
const maxKeyIdLength = 256;

const masterKeyRecord = 'kms-master-key';
const masterKeyContext = 'kms-master-key';
const recordPrefix = 'kms/';
const recordName = (id: string): string => recordPrefix + id;
const materialContext = (id: string, version: number): string =>
  JSON.stringify(['kms', id, version]);

export interface KeyRingDeps {
  readonly records: KeyRecords;
  readonly masterKey: Buffer | MasterKeys;
  readonly randomBytes: (length: number) => Buffer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** @throws Error if the master key isn't the one that the records were made with */
export async function openKeyRing(deps: KeyRingDeps): Promise<KeyRing> {
  const { records, randomBytes, now } = deps;
  const wrapping = createWrapping(deps.masterKey, 'key ring');
  await assertMasterKey(records, wrapping, randomBytes);

  const load = async (id: string) => {
    // Clients name keys as they like; records have room for the ids that there may be.
    const found = id.length <= maxKeyIdLength ? await records.get(recordName(id)) : undefined;
    if (found === undefined) {
      throw new S3Error('KMS.NotFoundException', { message: `Key '${id}' does not exist` });
    }
    return { record: found.value as KeyRecord, seq: found.seq };
  };

  const loadEnabled = async (id: string): Promise<KeyRecord> => {
    const { record } = await load(id);
    if (record.state === 'Enabled') return record;
    throw new S3Error('KMS.DisabledException', { message: `${id} is disabled.` });
  };

  const open = (id: string, { versions }: KeyRecord, version: number): Buffer => {
    const material = versions[version - 1]?.material;
    const key = material && wrapping.unwrap(material, materialContext(id, version));
    if (key) return key;
    throw new Error(`version ${version} of key ${id} is missing or damaged`);
  };

  const withNewVersion = (id: string, { state, versions }: KeyRecord): KeyRecord => {
    const context = materialContext(id, versions.length + 1);
    const material = wrapping.wrap(randomBytes(keyBytes), context, randomBytes);
    return { state, versions: [...versions, { material, createdAt: now() }] };
  };

  const describe = async (id: string): Promise<KeyDescription> => {
    const { state, versions } = (await load(id)).record;
    const { createdAt } = versions[0]!;
    return {
      id,
      state,
      versions: versions.length,
      createdAt,
      rotatedAt: versions.at(-1)!.createdAt,
    };
  };

  const change = async (id: string, to: (now: KeyRecord) => KeyRecord): Promise<void> => {
    for (;;) {
      const { record, seq } = await load(id);
      if (await records.put(recordName(id), to(record), seq)) return;
    }
  };

  return {
    async ensure(id) {
      if ((await records.get(recordName(id))) !== undefined) return false;
      const record = withNewVersion(id, { state: 'Enabled', versions: [] });
      // If another process was faster, its key is as good.
      return records.put(recordName(id), record, undefined);
    },
    async list() {
      const names = await records.names(recordPrefix);
      return Promise.all(names.map((name) => describe(name.slice(recordPrefix.length))));
    },
    rotate: (id) => change(id, (record) => withNewVersion(id, record)),
    setState: (id, state) => change(id, (record) => ({ ...record, state })),
    async rewrap() {
      let rewrapped = 0;
      for (const name of await records.names(recordPrefix)) {
        const id = name.slice(recordPrefix.length);
        const isCurrent = ({ versions }: KeyRecord) =>
          versions.every(({ material }, at) =>
            wrapping.isCurrent(material, materialContext(id, at + 1)),
          );
        if (isCurrent((await load(id)).record)) continue;
        await change(id, (record) => ({
          ...record,
          versions: record.versions.map((version, at) => ({
            ...version,
            material: wrapping.wrap(
              open(id, record, at + 1),
              materialContext(id, at + 1),
              randomBytes,
            ),
          })),
        }));
        rewrapped++;
      }
      await rewrapCheck(records, wrapping, randomBytes);
      return rewrapped;
    },
    async newest(id) {
      const record = await loadEnabled(id);
      const version = record.versions.length;
      return { version, key: open(id, record, version) };
    },
    async version(id, version) {
      return open(id, await loadEnabled(id), version);
    },
  };
}

/** Better not to start at all than to fail at every object, or to lock new ones with a key of another day. */
async function assertMasterKey(
  records: KeyRecords,
  wrapping: Wrapping,
  randomBytes: (length: number) => Buffer,
): Promise<void> {
  let found = await records.get(masterKeyRecord);
  if (found === undefined) {
    const check = wrapping.wrap(Buffer.alloc(keyBytes), masterKeyContext, randomBytes);
    if (await records.put(masterKeyRecord, { check }, undefined)) return;
    found = await records.get(masterKeyRecord);
  }
  const { check = '' } = (found?.value ?? {}) as { readonly check?: string };
  if (wrapping.unwrap(check, masterKeyContext) !== undefined) return;
  throw new Error(
    'The master key is not the one that this data directory was encrypted with. Start with the former masterKey or masterKeyFile.',
  );
}

/** Last: from now on the directory is of the newest master key, and refuses to start with the others alone. */
async function rewrapCheck(
  records: KeyRecords,
  wrapping: Wrapping,
  randomBytes: (length: number) => Buffer,
): Promise<void> {
  for (;;) {
    const found = await records.get(masterKeyRecord);
    const { check = '' } = (found?.value ?? {}) as { readonly check?: string };
    if (wrapping.isCurrent(check, masterKeyContext)) return;
    const renewed = wrapping.wrap(Buffer.alloc(keyBytes), masterKeyContext, randomBytes);
    if (await records.put(masterKeyRecord, { check: renewed }, found?.seq)) return;
  }
}
