import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryMetaStore } from '../../store/meta/memory.ts';
import { createSystemRecords } from '../../store/system-records.ts';
import { createEncryption } from './encryption.ts';
import { openKeyRing } from './key-ring.ts';
import { unwrapKey, wrapKey } from './wrapped-key.ts';

const now = () => 0;

async function openRing() {
  const records = createSystemRecords(createMemoryMetaStore({ now }));
  const masterKey = randomBytes(32);
  const keyRing = await openKeyRing({ records, masterKey, randomBytes, now });
  const encryption = createEncryption({ masterKey, keyRing, randomBytes });
  return { records, masterKey, keyRing, encryption };
}

describe('a wrapped key', () => {
  it('opens with the same key in the same context only', () => {
    const [wrapping, other, key] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const wrapped = wrapKey(wrapping, key, 'here', randomBytes);
    expect(unwrapKey(wrapping, wrapped, 'here')).toEqual(key);
    expect(unwrapKey(wrapping, wrapped, 'there')).toBeUndefined();
    expect(unwrapKey(other, wrapped, 'here')).toBeUndefined();
    expect(unwrapKey(wrapping, wrapped.slice(4), 'here')).toBeUndefined();
    expect(wrapKey(wrapping, key, 'here', randomBytes)).not.toBe(wrapped);
  });
});

describe('the key ring', () => {
  it('has no key that was not made', async () => {
    const { keyRing } = await openRing();
    await expect(keyRing.newest('none')).rejects.toMatchObject({ code: 'KMS.NotFoundException' });
    await expect(keyRing.rotate('none')).rejects.toMatchObject({ code: 'KMS.NotFoundException' });
  });

  it('looks for no key whose id is longer than any', async () => {
    const { records, masterKey } = await openRing();
    const asked: string[] = [];
    const get: typeof records.get = (name) => {
      asked.push(name);
      return records.get(name);
    };
    const keyRing = await openKeyRing({
      records: { ...records, get },
      masterKey,
      randomBytes,
      now,
    });
    const id = 'x'.repeat(3000);
    for (const looking of [keyRing.newest(id), keyRing.version(id, 1)]) {
      await expect(looking).rejects.toMatchObject({ code: 'KMS.NotFoundException' });
    }
    expect(asked.filter((name) => name.includes('x'))).toEqual([]);
  });

  it('keeps a key that is there already', async () => {
    const { keyRing } = await openRing();
    await keyRing.ensure('one');
    const { key } = await keyRing.newest('one');
    await keyRing.ensure('one');
    expect((await keyRing.newest('one')).key).toEqual(key);
  });

  it('decrypts with old versions after a rotation, and encrypts with the new one', async () => {
    const { keyRing, encryption } = await openRing();
    await keyRing.ensure('one');
    const wanted = { algorithm: 'aws:kms', keyId: 'one' } as const;
    const before = await encryption.seal(wanted);
    await keyRing.rotate('one');
    const after = await encryption.seal(wanted);
    expect([before.encryption.keyVersion, after.encryption.keyVersion]).toEqual([1, 2]);
    expect(await encryption.open(before.encryption)).toEqual(before.dataKey);
    expect(await encryption.open(after.encryption)).toEqual(after.dataKey);
  });

  it('neither encrypts nor decrypts with a disabled key, until it is enabled again', async () => {
    const { keyRing, encryption } = await openRing();
    await keyRing.ensure('one');
    const wanted = { algorithm: 'aws:kms', keyId: 'one' } as const;
    const sealed = await encryption.seal(wanted);
    await keyRing.setState('one', 'Disabled');
    const refusal = { code: 'KMS.DisabledException' };
    await expect(encryption.seal(wanted)).rejects.toMatchObject(refusal);
    await expect(encryption.open(sealed.encryption)).rejects.toMatchObject(refusal);
    await keyRing.setState('one', 'Enabled');
    expect(await encryption.open(sealed.encryption)).toEqual(sealed.dataKey);
  });

  it('takes an ARN for the key that it names', async () => {
    const { keyRing, encryption } = await openRing();
    await keyRing.ensure('one');
    const keyId = 'arn:aws:kms:us-east-1:123456789012:key/one';
    const { encryption: sealed } = await encryption.seal({ algorithm: 'aws:kms', keyId });
    expect(sealed.keyId).toBe(keyId);
    await expect(encryption.open({ ...sealed, keyId: 'one' })).resolves.toBeDefined();
  });

  it('binds the encryption context, whatever order its names are in', async () => {
    const { encryption } = await openRing();
    const header = (json: string) => Buffer.from(json).toString('base64');
    const context = header('{"a":"1","b":"2"}');
    const { encryption: sealed } = await encryption.seal({ algorithm: 'aws:kms', context });
    const reordered = { ...sealed, context: header('{"b":"2","a":"1"}') };
    await expect(encryption.open(reordered)).resolves.toBeDefined();
    const changed = { ...sealed, context: header('{"a":"1","b":"3"}') };
    await expect(encryption.open(changed)).rejects.toThrow('damaged');
    const bad = encryption.seal({ algorithm: 'aws:kms', context: header('["a"]') });
    await expect(bad).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  it('does not open with another master key', async () => {
    const { records, masterKey } = await openRing();
    await openKeyRing({ records, masterKey, randomBytes, now });
    const other = openKeyRing({ records, masterKey: randomBytes(32), randomBytes, now });
    await expect(other).rejects.toThrow('master key is not the one');
  });

  it('is the same for two processes that open it at once', async () => {
    const records = createSystemRecords(createMemoryMetaStore({ now }));
    const masterKey = randomBytes(32);
    const deps = { records, masterKey, randomBytes, now };
    const [one, two] = await Promise.all([openKeyRing(deps), openKeyRing(deps)]);
    await Promise.all([one!.ensure('key'), two!.ensure('key')]);
    expect((await one!.newest('key')).key).toEqual((await two!.newest('key')).key);
  });
});
