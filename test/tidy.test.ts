/**
 * The house rules that a compiler doesn't hold: who may import whom, which room is a package's door,
 * which words are banned where, and that no file grows into the one that everybody edits.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/** Room → rooms it may import. A path ending in `.ts` is that file alone. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  digest: [],
  limits: [],
  protocol: ['model', 'digest'],
  policy: ['model', 'store/records.ts', 'identity/identity.ts', 'protocol/errors.ts'],
  identity: ['policy', 'digest', 'limits', 'store/meta/port.ts', 'store/record-codec.ts'],
  iam: ['model', 'protocol', 'policy', 'identity', 'store/meta/port.ts', 'store/record-codec.ts'],
  store: ['digest', 'limits'],
  features: ['model', 'protocol/errors.ts', 'policy', 'store/records.ts'],
  operations: [
    'model',
    'protocol',
    'digest',
    'policy',
    'identity/identity.ts',
    'store',
    'features',
  ],
  jobs: ['model', 'store', 'features', 'digest', 'policy/bucket-rules.ts'],
  backup: ['store', 'jobs/jobs.ts', 'jobs/storage-jobs.ts', 'client', 'model/operations.gen.ts'],
  targets: ['store', 'features'],
  http: [
    'iam',
    'protocol',
    'digest',
    'model',
    'operations',
    'identity',
    'policy',
    'store',
    'features',
    'limits',
    'observe',
    'tls',
  ],
  tls: ['observe'],
  observe: [],
  config: ['limits'],
  admin: [
    'model',
    'protocol',
    'policy',
    'identity',
    'iam',
    'limits',
    'store',
    'jobs',
    'config',
    'observe',
    'client',
  ],
  client: ['model', 'protocol', 'digest'],
  cli: [
    'client',
    'model',
    'policy/language/actions.ts',
    'protocol/header-text.ts',
    'protocol/sigv4/sign.ts',
    'config',
    'observe',
    'identity',
    'http',
    'tls',
    'backup/backup-error.ts',
    'backup/restoring-mark.ts',
    'server.ts',
    'server-backup.ts',
    'server-doctor.ts',
    'admin/client.ts',
    'server-offline.ts',
  ],
};

/** Third-party package → the one place that may import it. */
const doors: Readonly<Record<string, string>> = {
  '@noble/hashes': 'client/web/',
  '@node-rs/crc32': 'digest/',
  'hash-wasm': 'digest/ client/web/',
  saxes: 'protocol/xml/',
  '@fastify/busboy': 'protocol/form/',
  jose: 'identity/',
  lmdb: 'store/meta/lmdb.ts',
  yaml: 'config/',
  pino: 'observe/',
  'prom-client': 'observe/',
  commander: 'cli/',
  hyparquet: 'features/select/input/',
  zod: 'admin/',
  'acme-client': 'tls/acme/order.ts',
};

/** Node's own modules that only some rooms may use. */
const nodeDoors: Readonly<Record<string, string>> = {
  'node:fs':
    'store/blob/ store/meta/lmdb.ts backup/ client/node/ config/ cli/ identity/root-credentials.ts server.ts index.ts',
  'node:fs/promises':
    'store/blob/ store/meta/lmdb.ts backup/ client/node/ config/ cli/ identity/root-credentials.ts observe/audit/ tls/certificate-files.ts tls/acme/acme-files.ts http/api-listener.ts server.ts server-api.ts index.ts',
  'node:http': 'http/ client/',
  'node:https': 'http/ client/ tls/acme/order.ts',
  'node:cluster': 'http/ cli/ observe/',
  'node:net': 'http/ cli/ config/ limits/ policy/ admin/origin.ts',
  'node:child_process': 'client/node/credentials/ tls/acme/dns-hook.ts',
};

/** Rooms that are pure: values in, values out. */
const pureRooms = ['model', 'digest', 'limits', 'protocol', 'policy', 'features', 'operations'];
const impureWords = /\bDate\.now\(|\bprocess\.(env|argv|cwd|exit)|\bMath\.random\(|\bconsole\./;

/** Lines at which a file wants to be split by noun; tables may be longer. */
const maxLines = 400;
const tables = new Set(['protocol/errors.ts']);

/** `import … from '…'`, `export … from '…'`, `import '…'` and `import('…')`. */
const importPattern =
  /^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm;

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourceFiles(): readonly SourceFile[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(src, path), 'utf8');
      const imports = [...stripComments(text).matchAll(importPattern)].map((m) => m[1] ?? m[2]!);
      return { path, room: path.includes('/') ? path.split('/')[0]! : '', text, imports };
    });
}

const isTest = (path: string): boolean =>
  /\.(test|fixture)\.ts$/.test(path) || path.includes('/contract/');
const files = sourceFiles();
const code = files.filter(({ path }) => !isTest(path));
const allowedIn = (path: string, places: string): boolean =>
  places.split(' ').some((place) => place !== '' && path.startsWith(place));

describe('the house', () => {
  it('has rooms that import downward only', () => {
    const wrong: string[] = [];
    for (const { path, room, imports } of code) {
      if (room === '') continue;
      for (const specifier of imports.filter((one) => one.startsWith('.'))) {
        const target = normalize(join(dirname(path), specifier));
        const targetRoom = target.includes('/') ? target.split('/')[0]! : target;
        if (targetRoom === room) continue;
        const allowed = mayImport[room] ?? [];
        if (!allowed.includes(targetRoom) && !allowed.includes(target)) {
          wrong.push(`${path} imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has one door for each third-party package', () => {
    const wrong: string[] = [];
    for (const { path, imports } of code) {
      for (const specifier of imports.filter((one) => !/^(\.|node:)/.test(one))) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        const door = doors[name];
        if (door === undefined) wrong.push(`${path} imports ${name}, which has no door`);
        else if (!allowedIn(path, door)) wrong.push(`${path} imports ${name}, the door is ${door}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps files, sockets and processes in the rooms that own them', () => {
    const wrong: string[] = [];
    for (const { path, imports } of code) {
      for (const specifier of imports) {
        const places = nodeDoors[specifier];
        if (places !== undefined && !allowedIn(path, places)) {
          wrong.push(`${path} imports ${specifier}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reads no clock, chance or process in rooms that are pure', () => {
    const wrong = code
      .filter(({ room, text }) => pureRooms.includes(room) && impureWords.test(stripComments(text)))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it('opens every file with what it is', () => {
    const wrong = code
      .filter(({ path, text }) => !path.endsWith('.gen.ts') && !/^(#!.*\n)?\/\*\*/.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it('has no file that wants to be split', () => {
    const wrong = files
      .filter(({ path }) => !path.endsWith('.gen.ts') && !tables.has(path) && !isTest(path))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > maxLines);
    expect(wrong).toEqual([]);
  });

  it('has no drawers for odds and ends, default exports or unfinished marks', () => {
    const wrong = code.filter(
      ({ path, text }) =>
        /(^|\/)(utils?|helpers?|common|misc)(\.ts|\/)/.test(path) ||
        /^export default /m.test(text) ||
        /\b(TODO|FIXME|XXX)\b/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('tests behaviour from outside: black-box tests import no room but the entry', () => {
    const wrong: string[] = [];
    for (const folder of ['acceptance', 'clients', 'crash', 'security']) {
      const base = join(root, 'test', folder);
      for (const path of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
        if (!path.endsWith('.ts')) continue;
        const text = readFileSync(join(base, path), 'utf8');
        for (const [, specifier] of text.matchAll(/from '(\.[^']+)'/g)) {
          const target = relative(root, join(base, dirname(path), specifier!));
          if (target.startsWith('src/') && !/^src\/(index\.ts|client\/)/.test(target)) {
            wrong.push(`test/${folder}/${path} imports ${target}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has an acceptance test for each operation', () => {
    const operations = code
      .filter(({ path }) => /^operations\/[a-z-]+\/[a-z-]+\.ts$/.test(path))
      .filter(({ text }) => /export const [A-Z]\w+ = defineOperation/.test(text))
      .map(({ path }) => path.split('/').at(-1)!.replace('.ts', ''));
    const tests = new Set(readdirSync(join(root, 'test', 'acceptance')));
    // A configuration's get, put and delete may share the file of their noun.
    const missing = operations.filter(
      (name) =>
        !tests.has(`${name}.test.ts`) &&
        !tests.has(`${name.replace(/^(get|put|delete)-/, '')}.test.ts`),
    );
    expect(missing).toEqual([]);
  });
});

/** Comments may speak of what code may not do. */
function stripComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
}
