/** Transfers in a process of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TransferJob, TransferResult } from '../fixtures/transfer-child.ts';
import { keys } from './transfer-server.ts';

const program = join(import.meta.dirname, '..', 'fixtures', 'transfer-child.ts');

export interface TransferProcess {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** @throws Error with what it wrote if it failed */
  result(): Promise<TransferResult>;
}

export function startTransfer(job: TransferJob): TransferProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', program, JSON.stringify(job)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      },
    },
  );
  let output = '';
  let errors = '';
  child.stdout?.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    async result() {
      const [code] = await closed;
      if (code !== 0) throw new Error(`It ended with ${code}.\n${errors}`);
      return JSON.parse(output) as TransferResult;
    },
  };
}
