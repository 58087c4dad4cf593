/** A soak from its start to its summary. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLayout } from '../layout.ts';
import { machineFacts } from '../machine.ts';
import { createSoakClient } from './client.ts';
import { createPool } from './contents.ts';
import { disturbAll } from './disturbances.ts';
import type { RunLine, SummaryLine } from './lines.ts';
import { runLoad } from './load.ts';
import { createModel } from './model.ts';
import type { SoakOptions } from './options.ts';
import { createRecord, note, type SoakRecord } from './record.ts';
import { createSampler } from './sampler.ts';
import { createSoakServer, type SoakServer } from './server.ts';
import { isGood, summaryOf } from './summary.ts';
import { abortStrayUploads, type Verified, verifyAll } from './verification.ts';
import type { Work } from './work.ts';

const bytesPerMiB = 1024 ** 2;
/** About so much is put under a key. */
const bytesPerKey = 200 * 1024;
/** Of as many keys more, in the bucket with versions; each has several. */
const versionedShare = 0.05;

/** `dist/` is what runs; `command` is what the page shows. */
export async function runSoak(options: SoakOptions, command: string): Promise<SummaryLine> {
  const directory = realpathSync(mkdtempSync(join(options.workDir ?? tmpdir(), 'kist-soak-')));
  const run = runLine(options, command, directory);
  const { settings } = run;
  const server = await createSoakServer({ directory, workers: options.workers, settings });
  const record = createRecord(options.out, run);
  await server.start();
  const work = createWork(options, server, record);
  await makeBuckets(work);
  const { verified, strayUploads } = await load(options, server, work, record);
  await server.stop();
  work.client.close();
  note('kist doctor');
  const summary = summaryOf(record, {
    loadSeconds: options.minutes * 60,
    counts: work.client.counts,
    verified,
    strayUploads,
    logErrors: server.logErrors(),
    doctor: await server.doctor(),
  });
  record.write(summary);
  if (isGood(summary)) rmSync(directory, { recursive: true });
  else note(`Kept for a look: ${directory}`);
  return summary;
}

function runLine(options: SoakOptions, command: string, directory: string): RunLine {
  const { layout: _, wrk: __, ...machine } = machineFacts(createLayout('shared'), directory);
  const { minutes, settleSeconds, rate, connections, workers, liveMiB } = options;
  const settings = {
    'garbage-grace-seconds': String(options.garbageGraceSeconds),
    'compaction-interval-seconds': String(options.compactionIntervalSeconds),
  };
  const asked = { minutes, settleSeconds, rate, connections, workers, liveMiB };
  return { line: 'run', command, machine, ...asked, settings };
}

function createWork(options: SoakOptions, server: SoakServer, record: SoakRecord): Work {
  const keys = Math.round((options.liveMiB * bytesPerMiB) / bytesPerKey);
  return {
    client: createSoakClient(server.endpoint, options),
    pool: createPool(),
    model: createModel(keys, Math.ceil(keys * versionedShare)),
    bucket: 'soak',
    versionedBucket: 'soak-versioned',
    wrong: record.addWrong,
  };
}

async function makeBuckets({ client, bucket, versionedBucket }: Work): Promise<void> {
  await client.send('set-up', { method: 'PUT', path: `/${bucket}` });
  await client.send('set-up', { method: 'PUT', path: `/${versionedBucket}` });
  const plain = { method: 'PUT', path: `/${versionedBucket}`, query: 'versioning=' };
  const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  const { status } = await client.send('set-up', plain, Buffer.from(body));
  if (status !== 200) throw new Error('The buckets cannot be made.');
}

/** The load with all that is done to the server, the verification after it, and some rest. */
async function load(
  options: SoakOptions,
  server: SoakServer,
  work: Work,
  record: SoakRecord,
): Promise<{ readonly verified: Verified; readonly strayUploads: number }> {
  const loadSeconds = options.minutes * 60;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const sample = createSampler({ ...work, server, ...record });
  const sampling = new AbortController();
  const sampled = repeat(options.sampleSeconds, sampling.signal, async () =>
    record.sample(await sample(seconds())),
  );
  const ending = new AbortController();
  const loaded = runLoad(work, options, record.addFailed, ending.signal);
  const disturbed = disturbAll(server, options, seconds, ending.signal, record.event);
  // What cannot be started again ends it all.
  const broken = disturbed.then(() => new Promise<never>(() => {}));
  await Promise.race([delay(loadSeconds * 1000), broken]);
  ending.abort();
  await Promise.all([loaded, disturbed]);
  record.event({ line: 'event', seconds: seconds(), event: 'load-ends', target: '', readyMs: 0 });

  const verified = await verifyAll(work);
  const strayUploads = await abortStrayUploads(work);
  note(`verified ${verified.objects} objects and ${verified.versions} versions`);
  await delay(Math.max(0, (loadSeconds + options.settleSeconds - seconds()) * 1000));
  sampling.abort();
  await sampled;
  return { verified, strayUploads };
}

/** Also once at the end. */
async function repeat(everySeconds: number, signal: AbortSignal, work: () => Promise<void>) {
  while (!signal.aborted) {
    await delay(everySeconds * 1000, undefined, { signal }).catch(() => {});
    await work();
  }
}
