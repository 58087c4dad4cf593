/** Every target by name, or why it cannot be had on this machine. */
import { join } from 'node:path';
import { findEndpoint } from './endpoint.ts';
import { findFsyncFiles } from './fsync-files.ts';
import { findKist } from './kist.ts';
import { findNginx } from './nginx.ts';
import { findNodeHttp } from './node-http.ts';
import { findS3rver } from './s3rver.ts';
import type { BenchContext, FoundTarget } from './target.ts';

export function findTargets(context: BenchContext, needed: ReadonlySet<string>): FoundTarget[] {
  const { layout, options, workDir } = context;
  const finders: Readonly<Record<string, () => FoundTarget>> = {
    kist: () => findKist(layout),
    nginx: () => findNginx(layout),
    'node-http': () => findNodeHttp(layout),
    'fsync-files': () => findFsyncFiles(layout),
    s3rver: () => findS3rver(layout, join(workDir, 's3rver-install')),
  };
  const found = Object.entries(finders)
    .filter(([name]) => needed.has(name))
    .map(([, find]) => find());
  return options.endpoint === undefined ? found : [...found, findEndpoint(options.endpoint)];
}
