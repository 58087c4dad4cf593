/** What the runtime's own HTTP server costs, bare: see ../peers/node-http.ts. */
import { join } from 'node:path';
import type { Layout } from '../layout.ts';
import { startPeer } from './peer.ts';
import type { Target } from './target.ts';

export function findNodeHttp(layout: Layout): Target {
  const name = 'node-http';
  return {
    name,
    about: `the HTTP server of Node ${process.version} alone: one body in memory, no S3`,
    fsync: 'never: a PUT is read and dropped',
    start: (options) => startPeer(name, join(options.dataDir, 'body'), layout, options),
  };
}
