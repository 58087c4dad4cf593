/** What the servers of ../peers have in common: `NAME.ts PORT PATH WORKERS`, neither keys nor permissions. */
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, nodeCommand, startServer } from '../processes.ts';
import { createS3Target } from './s3-target.ts';
import type { RunningTarget, StartOptions } from './target.ts';

const peers = join(import.meta.dirname, '..', 'peers');

/** `path` is where it keeps what it has on disk. */
export async function startPeer(
  name: string,
  path: string,
  layout: Layout,
  { dataDir, cores, workers }: StartOptions,
): Promise<RunningTarget> {
  const port = await freePort();
  const command = nodeCommand(join(peers, `${name}.ts`), String(port), path, String(workers));
  const server = await startServer({
    command: onCores(layout, cores, command),
    port,
    logFile: join(dataDir, `${name}.log`),
  });
  return createS3Target({
    ...server,
    host: '127.0.0.1',
    credentials: undefined,
    bucket: 'bench',
    hasAcls: false,
  });
}
