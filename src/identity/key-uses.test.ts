import { describe, expect, it } from 'vitest';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import { createKeyUses } from './key-uses.ts';

function used(uses: ReturnType<typeof createKeyUses>, at: number, service = 's3'): void {
  Object.assign(uses.of('KEY'), { at, service, region: 'us-east-1' });
}

describe('uses of keys', () => {
  it('are told before they are written, and by other processes afterwards', async () => {
    const meta = createMemoryMetaStore();
    const [one, other] = [createKeyUses(meta), createKeyUses(meta)];
    expect(await one.last('KEY')).toBeUndefined();
    used(one, 5);
    expect((await one.last('KEY'))?.at).toBe(5);
    expect(await other.last('KEY')).toBeUndefined();
    await one.write();
    expect(await other.last('KEY')).toEqual({ at: 5, service: 's3', region: 'us-east-1' });
  });

  it('keep the latest of several processes, whoever writes last', async () => {
    const meta = createMemoryMetaStore();
    const [one, other] = [createKeyUses(meta), createKeyUses(meta)];
    used(one, 9, 'iam');
    used(other, 7);
    await one.write();
    await other.write();
    expect(await createKeyUses(meta).last('KEY')).toMatchObject({ at: 9, service: 'iam' });
  });

  it('are written only where there is something new', async () => {
    const meta = createMemoryMetaStore();
    let commits = 0;
    const counted = {
      get: meta.get,
      commit: (ops: Parameters<typeof meta.commit>[0]) => {
        commits++;
        return meta.commit(ops);
      },
    };
    const uses = createKeyUses(counted);
    uses.of('NEVER');
    used(uses, 5);
    await uses.write();
    await uses.write();
    expect(commits).toBe(1);
  });
});
