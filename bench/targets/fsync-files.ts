/** The least that is durable without a design: see ../peers/fsync-files.ts. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from '../layout.ts';
import { startPeer } from './peer.ts';
import type { Target } from './target.ts';

export function findFsyncFiles(layout: Layout): Target {
  const name = 'fsync-files';
  return {
    name,
    about: 'a node:http server that keeps one file per object, no S3',
    fsync: 'fdatasync of the file, rename, fsync of the directory before every answer',
    async start(options) {
      const files = join(options.dataDir, 'files');
      mkdirSync(files);
      return startPeer(name, files, layout, options);
    },
  };
}
