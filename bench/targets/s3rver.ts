/** s3rver from npm, installed for the run into the work directory; one process, no fsync. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, startServer } from '../processes.ts';
import { createS3Target } from './s3-target.ts';
import type { FoundTarget, StartOptions } from './target.ts';

const installTimeoutMs = 120_000;
/** Built into it. */
const credentials = {
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
  region: 'us-east-1',
} as const;

export function findS3rver(layout: Layout, installDirectory: string): FoundTarget {
  const name = 's3rver';
  const directory = join(installDirectory, 'node_modules', 's3rver');
  let version: string;
  try {
    const args = ['install', '--no-audit', '--no-fund', '--prefix', installDirectory, 's3rver@3'];
    execFileSync('npm', args, { stdio: 'pipe', timeout: installTimeoutMs });
    const manifest = readFileSync(join(directory, 'package.json'), 'utf8');
    version = (JSON.parse(manifest) as { readonly version: string }).version;
  } catch {
    return { name, absent: 'npm cannot install s3rver@3' };
  }
  return {
    name,
    about: `s3rver ${version} from npm, one process, with --openssl-legacy-provider`,
    fsync: 'never',
    start: (options) => startS3rver(layout, join(directory, 'bin', 's3rver.js'), options),
  };
}

async function startS3rver(layout: Layout, file: string, options: StartOptions) {
  const port = await freePort();
  const files = join(options.dataDir, 'files');
  mkdirSync(files, { recursive: true });
  const server = await startServer({
    command: onCores(layout, options.cores, [
      // Its continuation tokens use a cipher that OpenSSL 3 keeps in its legacy provider.
      ...[
        process.execPath,
        '--openssl-legacy-provider',
        file,
        '-d',
        files,
        '-a',
        '127.0.0.1',
        '-p',
        String(port),
      ],
      ...['--silent', '--no-vhost-buckets'],
    ]),
    port,
    logFile: join(options.dataDir, 's3rver.log'),
  });
  return createS3Target({
    ...server,
    host: '127.0.0.1',
    credentials,
    bucket: 'bench',
    hasAcls: false,
  });
}
