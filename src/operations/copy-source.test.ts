import { describe, expect, it } from 'vitest';
import { openHouse } from './contract/house.ts';
import { assertCopySize, copyFromSource } from './copy-source.ts';
import type { OperationContext } from './operation.ts';

async function contextWithSource(): Promise<{ opened: number; context: OperationContext }> {
  const house = openHouse();
  await house.run('CreateBucket', { Bucket: 'fruit' });
  await house.run('PutObject', { Bucket: 'fruit', Key: 'pear', Body: Buffer.from('x') });
  const source = {
    bucket: await house.bucket('fruit'),
    object: await house.object('fruit', 'pear'),
  };
  const seen = { opened: 0, context: {} as OperationContext };
  const openSource = async () => {
    seen.opened++;
    return source;
  };
  seen.context = { openSource } as unknown as OperationContext;
  return seen;
}

const input = { CopySource: '/fruit/pear' };

describe('copying from a source', () => {
  it('opens the source again when it changed meanwhile', async () => {
    const seen = await contextWithSource();
    let copies = 0;
    const result = await copyFromSource(input, seen.context, async () =>
      ++copies < 3 ? 'source-changed' : 'copied',
    );
    expect(result).toBe('copied');
    expect(seen.opened).toBe(3);
  });

  it('is given up when the source never stays the same', async () => {
    const { context } = await contextWithSource();
    const copy = copyFromSource(input, context, async () => 'source-changed' as const);
    await expect(copy).rejects.toMatchObject({ code: 'OperationAborted' });
  });

  it('takes 5 GiB and no more', () => {
    assertCopySize(5 * 1024 ** 3);
    expect(() => assertCopySize(5 * 1024 ** 3 + 1)).toThrow(
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  });
});
