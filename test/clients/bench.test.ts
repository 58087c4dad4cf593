/** `kist bench` against a real server: every operation, by one process and by two, and nothing left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { main } from '../support/accounts.ts';
import { runProgram } from '../support/run-program.ts';
import { command, until } from '../support/start-server.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const env = {
  AWS_ACCESS_KEY_ID: main.accessKeyId,
  AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
  AWS_ENDPOINT_URL_S3: server.endpoint,
};
const operations = ['put', 'get', 'stat', 'list', 'delete', 'mixed'];

function bench(...args: readonly string[]) {
  return runProgram(process.execPath, [command, 'bench', ...args], { env });
}

const buckets = async () => (await server.main.send(new ListBucketsCommand({}))).Buckets ?? [];

async function entriesIn(Bucket: string): Promise<number> {
  const listed = await server.main.send(new ListObjectVersionsCommand({ Bucket }));
  return (listed.Versions ?? []).length + (listed.DeleteMarkers ?? []).length;
}

describe('kist bench', () => {
  it.each(['1', '2'])(
    'with %s workers does all it can and leaves no bucket behind',
    async (workers) => {
      const sizes = ['--size', '1KiB,100KiB', '--objects', '20', '--concurrency', '4'];
      const asked = ['--duration', '200ms', '--workers', workers, '--json', ...sizes];
      const { code, stdout, stderr } = await bench(...operations, ...asked);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const report = JSON.parse(stdout) as {
        readonly results: readonly {
          readonly operation: string;
          readonly requests: number;
          readonly errors: object;
          readonly latencyMs: Readonly<Record<string, number>>;
        }[];
      };
      expect(report.results.map(({ operation }) => operation)).toEqual(operations);
      for (const { operation, requests, errors, latencyMs } of report.results) {
        expect(errors).toEqual({});
        expect(requests).toBeGreaterThan(0);
        if (operation === 'delete') expect(requests).toBeLessThanOrEqual(20);
        const { p50, p90, p99, p999, max } = latencyMs;
        expect([p50, p90, p99, p999, max]).toEqual(
          [p50, p90, p99, p999, max].sort((a, b) => a! - b!),
        );
      }
      expect(await buckets()).toEqual([]);
    },
  );

  it('leaves a bucket that was there as it was, with versions too', async () => {
    const bucket = await server.createBucket();
    await server.main.send(
      new PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
    const asked = ['--bucket', bucket, '--objects', '20', '--duration', '200ms'];
    const { code, stdout } = await bench('delete', 'mixed', ...asked);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^delete +\d+/m);
    expect(stdout).toMatch(/^ {2}put +\d+/m);
    expect(await entriesIn(bucket)).toBe(0);
  });

  it('tells what it has and cleans up after Ctrl-C', async () => {
    const bucket = await server.createBucket();
    const asked = ['--bucket', bucket, '--duration', '1h', '--json'];
    const child = spawn(process.execPath, [command, 'bench', 'put', ...asked], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
    });
    await until(async () => (await entriesIn(bucket)) > 0, 'something was put');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      interrupted: true,
      results: [{ operation: 'put' }],
    });
    expect(await entriesIn(bucket)).toBe(0);
  });

  it('says why it cannot, without a stack', async () => {
    const missing = await bench('--bucket', 'nobody-has-this', '--duration', '1s');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /^kist: The bucket nobody-has-this cannot be used: listing it was refused: NoSuchBucket \(404\)\.\n$/,
    );
    const nowhere = await bench('--endpoint', 'http://127.0.0.1:1');
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/^kist: 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*\n$/);
  });
});
