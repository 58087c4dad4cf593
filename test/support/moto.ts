/** Moto's server: S3, IAM and STS of AWS as somebody else wrote them, in the tests' virtual environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { venvPrograms } from './find-program.ts';
import { freePort } from './free-port.ts';
import { until } from './start-server.ts';

export interface MotoServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Of all that is in it. */
export const motoAccount = '123456789012';
export const motoKeys = { accessKeyId: 'AKIAMOTOMOTOMOTOMOTO', secretAccessKey: 'moto' };

const startTimeoutMs = 90_000;

export async function startMoto(): Promise<MotoServer> {
  const program = join(venvPrograms, 'moto_server');
  if (!existsSync(program)) {
    throw new Error('No moto in .venv: run `npx tsx scripts/setup-tests.ts` first.');
  }
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    },
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log += data.toString('utf8');
  });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  };
  try {
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error('moto ended before it was ready');
        return fetch(`${endpoint}/moto-api/data.json`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      'moto is ready',
      startTimeoutMs,
    );
  } catch (cause) {
    await stop();
    throw new Error(`Moto did not start.\n${log}`, { cause });
  }
  return { endpoint, stop };
}
