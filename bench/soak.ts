/**
 * `npx tsx bench/soak.ts`: mixed load on a server of its own for as long as asked for, every answer judged by a
 * model, while the server is killed, reloaded and restarted. `bench/README.md` says more.
 *
 * Ends with 0 if nothing was lost, wrong or without an answer, and `kist doctor` found nothing wrong.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLayout } from './layout.ts';
import { machineFacts } from './machine.ts';
import { createSoakClient } from './soak/client.ts';
import { createPool } from './soak/contents.ts';
import { type Disturbance, disturb, planDisturbances } from './soak/disturbances.ts';
import type { EventKind, EventLine, RunLine, SampleLine, SummaryLine } from './soak/lines.ts';
import { runLoad } from './soak/load.ts';
import { createModel } from './soak/model.ts';
import { parseSoakOptions, type SoakOptions, soakHelp } from './soak/options.ts';
import { createSampler } from './soak/sampler.ts';
import { createSoakServer, type SoakServer } from './soak/server.ts';
import { diskRatios, eventCounts, growthOf } from './soak/summary.ts';
import { abortStrayUploads, verifyAll } from './soak/verification.ts';
import type { Work } from './soak/work.ts';

const root = join(import.meta.dirname, '..');
const bytesPerMiB = 1024 ** 2;
/** About so much is stored for each key on average. */
const bytesPerKey = 200 * 1024;
/** Of all keys, those in the bucket with versions; each has several. */
const versionedShare = 0.05;
const maxToldFaults = 20;

async function soak(options: SoakOptions, command: string): Promise<SummaryLine> {
  if (options.build) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  }
  const directory = realpathSync(mkdtempSync(join(options.workDir ?? tmpdir(), 'kist-soak-')));
  const settings = {
    'garbage-grace-seconds': String(options.garbageGraceSeconds),
    'compaction-interval-seconds': String(options.compactionIntervalSeconds),
  };
  const server = await createSoakServer({ directory, workers: options.workers, settings });
  const events: EventLine[] = [];
  const samples: SampleLine[] = [];
  const failed: string[] = [];
  const wrong: string[] = [];
  const write = (line: object) => appendFileSync(options.out, `${JSON.stringify(line)}\n`);
  const { layout: _, wrk: __, ...machine } = machineFacts(createLayout('shared'), directory);
  const run: RunLine = { line: 'run', command, machine, settings, ...options };
  writeFileSync(options.out, `${JSON.stringify(run)}\n`);

  await server.start();
  const client = createSoakClient(server.endpoint, options);
  const keys = Math.round((options.liveMiB * bytesPerMiB) / bytesPerKey);
  const model = createModel(keys, Math.ceil(keys * versionedShare));
  const work: Work = {
    client,
    pool: createPool(),
    model,
    bucket: 'soak',
    versionedBucket: 'soak-versioned',
    wrong: (what) => {
      wrong.push(what);
      note(`WRONG: ${what}`);
    },
  };
  await makeBuckets(work);

  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const loadSeconds = options.minutes * 60;
  const sampler = createSampler({ server, client, model, failed, wrong });
  const sampling = new AbortController();
  const sampled = sampleUntil(sampling.signal, options.sampleSeconds, async () => {
    const sample = await sampler(seconds());
    samples.push(sample);
    write(sample);
    note(told(sample));
  });
  const happened = (event: EventKind, target: string, readyMs: number, at: number) => {
    const line: EventLine = { line: 'event', seconds: at, event, target, readyMs };
    events.push(line);
    write(line);
    note(`${Math.round(at)} s: ${event} ${target}, ready after ${Math.round(readyMs)} ms`);
  };
  const ending = new AbortController();
  const disturbed = disturbAll(server, options, ending.signal, loadSeconds, (done, readyMs) =>
    happened(done.event, done.target, readyMs, seconds() - readyMs / 1000),
  );
  const fail = (error: unknown) => {
    failed.push(String(error));
    note(`FAILED: ${error}`);
  };
  const loaded = runLoad(work, options, fail, ending.signal);
  // What cannot go on ends the load, and is thrown on below.
  await Promise.race([delay(loadSeconds * 1000), disturbed.then(() => new Promise(() => {}))]);
  ending.abort();
  await Promise.all([loaded, disturbed]);
  happened('load-ends', '', 0, seconds());

  const verified = await verifyAll(work);
  const strayUploads = await abortStrayUploads(work);
  note(`verified ${verified.objects} objects and ${verified.versions} versions`);
  const settledAt = loadSeconds + options.settleSeconds;
  while (seconds() < settledAt) await delay(Math.min(1000, (settledAt - seconds()) * 1000));
  sampling.abort();
  await sampled;
  await server.stop();
  client.close();
  note('kist doctor');
  const doctor = await server.doctor();
  const { counts } = client;
  const cores = (of: (sample: SampleLine) => number) => {
    const under = samples.filter((sample) => sample.seconds <= loadSeconds);
    return under.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, under.length);
  };
  const summary: SummaryLine = {
    line: 'summary',
    seconds: loadSeconds,
    requests: counts.requests,
    requestsByKind: Object.fromEntries(counts.byKind),
    bytesPutMiB: Math.round(counts.bytesPut / bytesPerMiB),
    bytesReadMiB: Math.round(counts.bytesRead / bytesPerMiB),
    retries: Object.fromEntries(counts.reasons),
    failed,
    wrong,
    verified: {
      objects: verified.objects,
      versions: verified.versions,
      MiB: Math.round(verified.bytes / bytesPerMiB),
    },
    strayUploads,
    growth: growthOf(samples, loadSeconds),
    diskRatio: diskRatios(samples, loadSeconds),
    cores: {
      server: cores(({ serverCores }) => serverCores),
      generator: cores(({ generatorCores }) => generatorCores),
    },
    events: eventCounts(events),
    logErrors: Object.fromEntries(server.logErrors()),
    doctor,
  };
  write(summary);
  if (isGood(summary)) rmSync(directory, { recursive: true });
  else note(`Kept: ${directory}`);
  return summary;
}

async function makeBuckets({ client, bucket, versionedBucket }: Work): Promise<void> {
  await client.send('set-up', { method: 'PUT', path: `/${bucket}` });
  await client.send('set-up', { method: 'PUT', path: `/${versionedBucket}` });
  const plain = { method: 'PUT', path: `/${versionedBucket}`, query: 'versioning=' };
  const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  const { status } = await client.send('set-up', plain, Buffer.from(body));
  if (status !== 200) throw new Error('The buckets cannot be made.');
}

/** Also one at the end. */
async function sampleUntil(signal: AbortSignal, everySeconds: number, sample: () => Promise<void>) {
  while (!signal.aborted) {
    await delay(everySeconds * 1000, undefined, { signal }).catch(() => {});
    await sample();
  }
}

async function disturbAll(
  server: SoakServer,
  { events, workers }: SoakOptions,
  signal: AbortSignal,
  loadSeconds: number,
  done: (disturbance: Disturbance, readyMs: number) => void,
): Promise<void> {
  const startedAt = performance.now();
  for (const disturbance of planDisturbances(events, workers)) {
    const waitMs = disturbance.at * loadSeconds * 1000 - (performance.now() - startedAt);
    await delay(Math.max(0, waitMs), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const from = performance.now();
    await disturb(server, disturbance);
    done(disturbance, performance.now() - from);
  }
}

function isGood({ failed, wrong, doctor, logErrors }: SummaryLine): boolean {
  return (
    failed.length === 0 &&
    wrong.length === 0 &&
    doctor.healthy &&
    Object.keys(logErrors).length === 0
  );
}

function told({ seconds, requests, retries, live, disk, processes, serverCores }: SampleLine) {
  const memory = processes
    .map(({ role, residentMiB }) => `${role} ${Math.round(residentMiB)}`)
    .join(', ');
  return `${Math.round(seconds)} s: ${requests} requests, ${retries} retries, ${serverCores.toFixed(2)} cores; live ${Math.round(live.storedMiB)} MiB, disk ${Math.round(disk.allocatedMiB)} MiB; MiB: ${memory}`;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

const args = process.argv.slice(2);
try {
  const options = parseSoakOptions(args);
  if (options === undefined) {
    console.log(soakHelp());
  } else {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => process.exit(130));
    }
    const hidden = new Set(['--out', '--work-dir', '--no-build']);
    const shown = args.filter(
      (arg, i) => !hidden.has(arg) && !['--out', '--work-dir'].includes(args[i - 1] ?? ''),
    );
    const summary = await soak(options, ['npx tsx bench/soak.ts', ...shown].join(' '));
    const { failed, wrong, ...rest } = summary;
    console.log(JSON.stringify(rest, undefined, 2));
    console.log(
      `wrong or lost: ${wrong.length}; without an answer after retries: ${failed.length}`,
    );
    for (const fault of [...wrong, ...failed].slice(0, maxToldFaults)) console.log(`  ${fault}`);
    process.exitCode = isGood(summary) ? 0 : 1;
  }
} catch (error) {
  console.error(`soak: ${(error as Error).message}`);
  // The load may still be at work.
  process.exit(1);
}
