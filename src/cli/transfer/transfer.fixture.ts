/** A server in memory, and a bucket and a directory for each test of what goes between the two. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeRuntime } from '../../client/node/node-runtime.ts';
import { createPatientSender } from '../../client/node/patient-sender.ts';
import type { Transport } from '../../client/runtime.ts';
import type { Sender } from '../../client/sender.ts';
import { createKist, type KistOptions } from '../../index.ts';
import { CreateBucket } from '../../model/operations.gen.ts';

export interface TransferPlace {
  /** Not made. */
  readonly directory: string;
  /** Made, and empty. */
  readonly bucket: string;
}

export interface TransferServer {
  readonly sender: Sender;
  /** Another one, whose requests something happens to. */
  senderOver(change: (transport: Transport) => Transport): Sender;
  readonly signal: AbortSignal;
  newPlace(): Promise<TransferPlace>;
  /** Its directories go with it. */
  close(): Promise<void>;
}

export async function startTransferServer(options: KistOptions = {}): Promise<TransferServer> {
  const root = mkdtempSync(join(tmpdir(), 'kist-transfer-'));
  const kist = await createKist({ memory: true, ...options });
  const { endpoint, region, credentials } = kist;
  const senderOver: TransferServer['senderOver'] = (change) =>
    createPatientSender(
      { endpoint, region, credentials },
      {
        ...nodeRuntime,
        sleep: async () => {},
        createTransport: (given) => change(nodeRuntime.createTransport(given)),
      },
    );
  const sender = senderOver((transport) => transport);
  let places = 0;
  return {
    sender,
    senderOver,
    signal: new AbortController().signal,
    async newPlace() {
      const bucket = `bucket-${++places}`;
      await sender.send(CreateBucket, { Bucket: bucket });
      return { directory: join(root, String(places)), bucket };
    },
    async close() {
      sender.close();
      await kist.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
