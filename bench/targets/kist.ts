/** Kist as users run it: the built command, durable, everything else at its default. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePorts, startServer } from '../processes.ts';
import { createS3Target } from './s3-target.ts';
import type { FoundTarget, StartOptions } from './target.ts';

const root = join(import.meta.dirname, '..', '..');
const command = join(root, 'dist', 'cli', 'main.js');
const credentials = {
  accessKeyId: 'KISTBENCH00000000000',
  secretAccessKey: 'benchmarkSecretKey0000000000000000000000',
  region: 'us-east-1',
} as const;

export function findKist(layout: Layout): FoundTarget {
  const name = 'kist';
  if (!existsSync(command)) return { name, absent: 'not built: npm run build' };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return {
    name,
    about: `Kist ${version}, defaults`,
    fsync: 'before every answer (group commit)',
    start: (options) => startKist(layout, options),
  };
}

async function startKist(layout: Layout, options: StartOptions) {
  const [port, consolePort] = (await freePorts(2)) as [number, number];
  const server = await startServer({
    command: onCores(layout, options.cores, [
      process.execPath,
      ...(options.nodeFlags ?? []),
      ...[command, 'serve', '--data-dir', join(options.dataDir, 'data')],
      ...['--port', String(port), '--console-port', String(consolePort)],
      ...['--workers', String(options.workers)],
      ...(options.flags ?? []),
    ]),
    port,
    logFile: join(options.dataDir, 'kist.log'),
    env: {
      KIST_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
      KIST_ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  return createS3Target({
    ...server,
    host: '127.0.0.1',
    credentials,
    bucket: 'bench',
    hasAcls: true,
  });
}
