/** Which requests each operation sends, and how the workers share them. */
import { describe, expect, it } from 'vitest';
import type { BenchTarget } from './target.ts';
import { createWorkload, type Job, type PhaseName, type WorkloadOptions } from './workload.ts';

const target: BenchTarget = {
  host: 's3.example.com',
  region: 'us-east-1',
  credentials: { accessKeyId: 'KEY', secretAccessKey: 'secret' },
  peer: { tls: false, hostname: 's3.example.com', port: 80 },
  bucket: 'bench',
  prefix: 'kist-bench-1/',
};

function workload(phase: PhaseName, options: Partial<WorkloadOptions> = {}) {
  return createWorkload({
    ...{ target, phase, phaseNumber: 2, objects: 7, sizes: [10, 20] },
    ...{ worker: 0, workers: 1, now: () => 1_700_000_000_000, random: () => 0.5 },
    ...options,
  });
}

const lineOf = (job: Job | undefined) => job?.head.split(' HTTP/1.1\r\n')[0];

function all({ next }: { next(): Job | undefined }): Job[] {
  const jobs: Job[] = [];
  for (let job = next(); job !== undefined; job = next()) jobs.push(job);
  return jobs;
}

describe('a workload', () => {
  it.each(['prepare', 'delete'] as const)('of %s reaches each object once', (phase) => {
    const shares = [0, 1, 2].flatMap((worker) => all(workload(phase, { worker, workers: 3 })));
    const names = shares.map(({ name }) => name).sort();
    expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `objects/${index}`));
  });

  it('takes the sizes in turn, and expects as many bytes back', () => {
    const prepared = all(workload('prepare'));
    expect(prepared.map(({ bodyBytes }) => bodyBytes)).toEqual([10, 20, 10, 20, 10, 20, 10]);
    const get = workload('get').next();
    expect(get).toMatchObject({ name: 'objects/3', answerBytes: 20 });
    expect(lineOf(get)).toBe('GET /bench/kist-bench-1/objects/3');
  });

  it('puts under a new name each time, whoever puts and whenever', () => {
    const names = [0, 1].flatMap((worker) =>
      [2, 3].flatMap((phaseNumber) => {
        const { next } = workload('put', { worker, workers: 2, phaseNumber });
        return [next()!.name, next()!.name];
      }),
    );
    expect(new Set(names).size).toBe(8);
  });

  it('asks for what S3 has words for', () => {
    expect(lineOf(workload('stat').next())).toBe('HEAD /bench/kist-bench-1/objects/3');
    expect(lineOf(workload('list').next())).toBe(
      'GET /bench?list-type=2&max-keys=1000&prefix=kist-bench-1%2Fobjects%2F',
    );
    expect(lineOf(workload('delete').next())).toBe('DELETE /bench/kist-bench-1/objects/0');
  });

  it('signs what it sends again once a minute', () => {
    let now = 1_700_000_000_000;
    const { next } = workload('get', { now: () => now });
    const first = next()!.head;
    expect(first).toMatch(/\r\nauthorization: AWS4-HMAC-SHA256 Credential=KEY\//);
    now += 59_000;
    expect(next()!.head).toBe(first);
    now += 1_000;
    expect(next()!.head).not.toBe(first);
  });

  it('that is mixed deletes only what it has put, and only once', () => {
    const mixed = workload('mixed');
    const put = new Set<string>();
    const counts = { put: 0, get: 0, stat: 0, list: 0, delete: 0 };
    for (let sent = 0; sent < 2000; sent++) {
      const job = mixed.next()!;
      counts[job.kind]++;
      if (job.kind === 'put') put.add(job.name);
      if (job.kind === 'delete') expect(put.delete(job.name)).toBe(true);
      mixed.done(job);
    }
    expect(counts).toEqual({ put: 300, get: 900, stat: 600, list: 0, delete: 200 });
  });
});
