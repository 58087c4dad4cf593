/** Memory of transfers: that of what is under way, whatever the size. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTransfer } from './support/transfer-process.ts';
import { MiB, startTransferServer, type TransferServer } from './support/transfer-server.ts';

const size = 512 * MiB;
/** What is under way is 6 parts of 8 MiB; what the garbage collector has left lying is about twice that again. */
const maxGrownBytes = 256 * MiB;

let server: TransferServer;
let Bucket: string;

beforeAll(async () => {
  server = await startTransferServer();
  Bucket = await server.newBucket();
});
afterAll(() => server.close());

test('a stream of 512 MiB goes up and comes down in a fraction of that', async () => {
  const job = { endpoint: server.server.endpoint, Bucket, Key: 'k' };
  const up = await startTransfer({ what: 'upload-stream', size, ...job }).result();
  expect(up.$transfer).toMatchObject({ bytes: size, parts: 64 });
  const read = await startTransfer({ what: 'read-slowly', ...job }).result();
  expect(read.$transfer.bytes).toBe(size);
  const path = server.newPath();
  const down = await startTransfer({ what: 'download', path, ...job }).result();
  expect(down.$transfer.bytes).toBe(size);
  for (const { grownBytes } of [up, read, down]) expect(grownBytes).toBeLessThan(maxGrownBytes);
}, 180_000);
