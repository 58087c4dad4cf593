/** The least that is durable without a design: see ../peers/fsync-files.ts. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, nodeCommand, startServer } from '../processes.ts';
import { createS3Target } from './s3-target.ts';
import type { StartOptions, Target } from './target.ts';

const file = join(import.meta.dirname, '..', 'peers', 'fsync-files.ts');

export function findFsyncFiles(layout: Layout): Target {
  return {
    name: 'fsync-files',
    about: 'a node:http server that keeps one file per object, no S3',
    fsync: 'fdatasync of the file, rename, fsync of the directory before every answer',
    start: (options) => startFsyncFiles(layout, options),
  };
}

async function startFsyncFiles(layout: Layout, options: StartOptions) {
  const port = await freePort();
  const files = join(options.dataDir, 'files');
  mkdirSync(files);
  const server = await startServer({
    command: onCores(
      layout,
      options.cores,
      nodeCommand(file, String(port), files, String(options.workers)),
    ),
    port,
    logFile: join(options.dataDir, 'fsync-files.log'),
  });
  return createS3Target({
    ...server,
    host: '127.0.0.1',
    credentials: undefined,
    bucket: 'bench',
    hasAcls: false,
  });
}
