/** s3rver from npm, another's server in JavaScript, which verifies signatures of Version 2 and reads those of 4. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/start-server.ts';

const version = '3.7.1';
const directory = join(import.meta.dirname, '..', '..', '..', '.cache', `s3rver-${version}`);
const program = join(directory, 'node_modules', 's3rver', 'bin', 's3rver.js');
const installTimeoutMs = 120_000;

/** Built into it. */
export const s3rverKeys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface ForeignServer {
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

function install(): void {
  if (existsSync(program)) return;
  mkdirSync(directory, { recursive: true });
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
  execFileSync('npm', ['install', ...quietly, '--prefix', directory, `s3rver@${version}`], {
    stdio: 'pipe',
    timeout: installTimeoutMs,
  });
}

export async function startS3rver(): Promise<ForeignServer> {
  install();
  const port = await freePort();
  const files = mkdtempSync(join(tmpdir(), 'kist-s3rver-'));
  const address = ['-d', files, '-a', '127.0.0.1', '-p', String(port), '--silent'];
  // Its continuation tokens use a cipher that OpenSSL 3 keeps in its legacy provider.
  const options = ['--openssl-legacy-provider', program, ...address, '--no-vhost-buckets'];
  const child = spawn(process.execPath, options, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(files, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error('s3rver ended before it was ready.');
      return fetch(endpoint).then(
        () => true,
        () => false,
      );
    }, 's3rver answers');
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint, port, close };
}
