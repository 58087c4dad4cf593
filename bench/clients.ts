/**
 * Client libraries beside each other, in turns, against one Kist: small objects and a large one.
 *
 * `npx tsx bench/clients.ts [--rounds 3] [--seconds 4] [--large-mib 1024] [--write-docs]`; on a quiet machine.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Connection } from './clients/contender.ts';
import type { ContenderName, Job, Sample, Work } from './clients/load.ts';
import { createLayout, onCores } from './layout.ts';
import { machineFacts } from './machine.ts';
import { table } from './markdown-table.ts';
import { nodeCommand, runForJson } from './processes.ts';
import { spreadOf } from './statistics.ts';
import { findKist } from './targets/kist.ts';

const root = join(import.meta.dirname, '..');
const loadFile = join(import.meta.dirname, 'clients', 'load.ts');
const page = join(root, 'docs', 'client-performance.md');

const size = 4096;
const keys = 1000;
const concurrency = 32;
const MiB = 1024 ** 2;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'large-mib': { type: 'string', default: '1024' },
    'write-docs': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const largeBytes = Number(values['large-mib']) * MiB;

const names: readonly ContenderName[] = ['kist/client', 'AWS SDK v3', 'minio'];
const works: readonly { readonly work: Work; readonly title: string }[] = [
  { work: 'put', title: `PUT of ${size / 1024} KiB, ${concurrency} at once` },
  { work: 'get', title: `GET of ${size / 1024} KiB, ${concurrency} at once` },
  { work: 'upload', title: `a file of ${largeBytes / MiB} MiB up` },
  { work: 'download', title: `a file of ${largeBytes / MiB} MiB down` },
];

function versionOf(name: string): string {
  const file = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

async function measure(): Promise<Map<Work, Map<ContenderName, Sample[]>>> {
  const layout = createLayout('split');
  const workDir = mkdtempSync(join(tmpdir(), 'kist-bench-clients-'));
  const found = findKist(layout);
  if ('absent' in found) throw new Error(`Kist is ${found.absent}`);
  const server = await found.start({ dataDir: workDir, cores: layout.serverCores, workers: 1 });
  try {
    await server.createBucket();
    await server.putAll(
      Array.from({ length: keys }, (_, n) => `get-${n}`),
      Buffer.alloc(size, 'kist'),
    );
    const file = join(workDir, 'large');
    writeFileSync(file, Buffer.alloc(largeBytes, 'large object '));
    const { accessKeyId, secretAccessKey, region } = server.credentials!;
    const connection: Connection = {
      endpoint: `http://${server.host}:${server.port}`,
      host: server.host,
      port: server.port,
      region,
      accessKeyId,
      secretAccessKey,
      bucket: server.bucket,
      concurrency,
    };
    const samples = new Map(
      works.map(({ work }) => [work, new Map(names.map((name) => [name, [] as Sample[]]))]),
    );
    for (const { work } of works) {
      for (let round = 0; round < rounds; round++) {
        for (const contender of names) {
          const job: Job = {
            contender,
            work,
            connection,
            seconds: Number(values.seconds),
            size,
            keys,
            file,
            downloaded: join(workDir, 'downloaded'),
          };
          const command = nodeCommand(loadFile, JSON.stringify(job));
          const sample = (await runForJson(
            onCores(layout, layout.generatorCores, command),
          )) as Sample;
          samples.get(work)!.get(contender)!.push(sample);
          process.stderr.write(`${work} ${contender} ${JSON.stringify(sample)}\n`);
        }
      }
    }
    return samples;
  } finally {
    await server.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
}

function shown(values: readonly number[], digits: number): string {
  const { median, min, max } = spreadOf(values);
  const text = (value: number) => value.toFixed(digits);
  return `${text(median)} (${text(min)}–${text(max)})`;
}

function rowsOf(work: Work, samples: ReadonlyMap<ContenderName, readonly Sample[]>): string {
  const isSmall = work === 'put' || work === 'get';
  const rate = ({ requests, bytes, seconds }: Sample) =>
    isSmall ? requests / seconds : bytes / MiB / seconds;
  const cpu = ({ cpuSeconds, requests, bytes }: Sample) =>
    isSmall ? (cpuSeconds * 1e6) / requests : (cpuSeconds * 1000) / (bytes / MiB);
  const own = samples.get('kist/client')!;
  const rows = names.map((name) => {
    const theirs = samples.get(name)!;
    const ratio = (of: (sample: Sample) => number) =>
      name === 'kist/client'
        ? ''
        : shown(
            own.map((sample, round) => of(sample) / of(theirs[round]!)),
            2,
          );
    return [
      name,
      shown(theirs.map(rate), 0),
      shown(theirs.map(cpu), isSmall ? 0 : 2),
      shown(
        theirs.map(({ peakMiB }) => peakMiB),
        0,
      ),
      ratio(rate),
      ratio(cpu),
    ];
  });
  const unit = isSmall ? 'requests/s' : 'MiB/s';
  const cpuUnit = isSmall ? 'client CPU, µs/request' : 'client CPU, ms/MiB';
  const headings = ['client', unit, cpuUnit, 'peak memory, MiB', `kist ÷ it, ${unit}`];
  return table([...headings, 'kist ÷ it, CPU'], rows, true);
}

const samples = await measure();
const facts = machineFacts(createLayout('split'), tmpdir());
const text = `# Clients beside each other

Made by \`npx tsx bench/clients.ts --write-docs\`. The same Kist with one worker on one core, each client alone in a process on
another, ${rounds} rounds in turns; medians with the lowest and the highest. Each reads and writes as its own guide says: large
files through \`upload()\` and \`download()\`, \`Upload\` of lib-storage and a stream, \`fPutObject\` and \`fGetObject\`. Kist's
client and the AWS SDK send a CRC32 with what they write and compare what they read with its checksum.

${table(
  ['', ''],
  [
    ['date', `${facts.date} UTC`],
    ['Kist', `commit ${facts.commit}`],
    ['AWS SDK v3', versionOf('@aws-sdk/client-s3')],
    ['minio', versionOf('minio')],
    ['machine', `${facts.cores} cores, ${facts.cpu}, ${facts.memoryGiB} GiB, Node ${facts.node}`],
    ['load average before', facts.loadAverage.toFixed(2)],
  ],
)}

${works.map(({ work, title }) => `## ${title.charAt(0).toUpperCase()}${title.slice(1)}\n\n${rowsOf(work, samples.get(work)!)}`).join('\n\n')}
`;
if (values['write-docs']) writeFileSync(page, text);
process.stdout.write(text);
