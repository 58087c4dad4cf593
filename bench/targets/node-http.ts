/** What the runtime's own HTTP server costs, bare: see ../peers/node-http.ts. */
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, nodeCommand, startServer } from '../processes.ts';
import { createS3Target } from './s3-target.ts';
import type { StartOptions, Target } from './target.ts';

const file = join(import.meta.dirname, '..', 'peers', 'node-http.ts');

export function findNodeHttp(layout: Layout): Target {
  return {
    name: 'node-http',
    about: `the HTTP server of Node ${process.version} alone: one body in memory, no S3`,
    fsync: 'never: a PUT is read and dropped',
    start: (options) => startNodeHttp(layout, options),
  };
}

async function startNodeHttp(layout: Layout, options: StartOptions) {
  const port = await freePort();
  const bodyFile = join(options.dataDir, 'body');
  const server = await startServer({
    command: onCores(
      layout,
      options.cores,
      nodeCommand(file, String(port), bodyFile, String(options.workers)),
    ),
    port,
    logFile: join(options.dataDir, 'node-http.log'),
  });
  return createS3Target({
    ...server,
    host: '127.0.0.1',
    credentials: undefined,
    bucket: 'bench',
    hasAcls: false,
  });
}
