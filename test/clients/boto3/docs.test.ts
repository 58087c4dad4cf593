/**
 * Our own documentation, run as it is written: the boto3 guides in both languages with both signature
 * versions, the one about versions and locks, the README's snippets for Python and TypeScript, and the
 * one that the server prints when it starts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../support/accounts.ts';
import { guideSnippets } from '../../support/guide.ts';
import { runInVenv } from '../../support/python.ts';
import { runTypescript } from '../../support/run-typescript.ts';
import { type RunningServer, startServer, until } from '../../support/start-server.ts';

const root = join(import.meta.dirname, '../../..');
const pythonBlocks = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(
    ([, block]) => block!,
  );

/** The block that uses the client of TypeScript, which may be part of a list. */
function clientBlock(file: string): string {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^( *)```ts\n([\s\S]*?)^\1```$/gm);
  const [block] = [...blocks]
    .map(([, , text]) => text!)
    .filter((text) => /kist\/client/.test(text));
  return block!;
}

/** What a reader replaces: the values of the first block. Each must be found. */
function withOwnValues(block: string, endpoint: string, signature: string): string {
  let program = block;
  const own: readonly (readonly [line: RegExp, value: string])[] = [
    [/^endpoint_url = ".*"$/m, `endpoint_url = "${endpoint}"`],
    [/^access_key = ".*"$/m, `access_key = "${main.accessKeyId}"`],
    [/^secret_key = ".*"$/m, `secret_key = "${main.secretAccessKey}"`],
    [/signature_version="s3v4"/, `signature_version="${signature}"`],
  ];
  for (const [line, value] of own) {
    expect(program).toMatch(line);
    program = program.replace(line, value);
  }
  return program;
}

/** Put between the guide's blocks: what an anonymous reader of the public URL gets. */
const fetchPublicUrl = `
import urllib.request, urllib.error
try:
    print("anonymous:", urllib.request.urlopen(public_url).status)
except urllib.error.HTTPError as refused:
    print("anonymous:", refused.code)
`;

let server: RunningServer;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kist-docs-'));
  server = await start();
});

/** Root's keys are the server's own, made at its first start. */
const start = (): Promise<RunningServer> =>
  startServer({
    dataDir: join(home, 'kist-data'),
    workers: 1,
    env: { KIST_ROOT_ACCESS_KEY_ID: '', KIST_ROOT_SECRET_ACCESS_KEY: '' },
  });

afterAll(async () => {
  await server.remove();
  rmSync(home, { recursive: true, force: true });
});

async function run(program: string): Promise<string> {
  const result = await runInVenv('python', ['-'], { input: program, cwd: home });
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return result.stdout;
}

describe.each(['docs/guide/boto3.md', 'docs/guide/boto3.de.md'])('%s', (guide) => {
  test.each(['s3v4', 's3'])('runs as written with signature version %s', async (signature) => {
    const [first, ...others] = pythonBlocks(guide);
    const program = [withOwnValues(first!, server.endpoint, signature), ...others]
      .map((block) =>
        /ACL="(public-read|private)"\)/.test(block) ? block + afterAcl(block) : block,
      )
      .join('\n');
    const output = await run(program);
    expect(output).toContain("'guide-bucket'");
    expect(output).toMatch(/(reports|berichte)\/(report|bericht)\.bin 20000000/);
    expect(output).toContain("b'xxxxxxxxxx'");
    expect(output.match(/anonymous: \d+/g)).toEqual(['anonymous: 200', 'anonymous: 403']);
    expect(output.trimEnd()).toMatch(/NoSuch(Key|Bucket)$/);
  });
});

const afterAcl = (block: string): string =>
  block.includes('put_object_acl') ? fetchPublicUrl : '';

test('docs/guide/versioning-and-locks.md runs as written', async () => {
  const snippets = guideSnippets('versioning-and-locks.md', server.port);
  expect((await run(snippets.map(({ text }) => text).join('\n'))).trim().split('\n')).toEqual([
    "first: b'Dear Ada'",
    "back: b'Dear Grace'",
    'locked: AccessDenied',
    'bypassed',
    'on hold: AccessDenied',
  ]);
});

test('README.md: its snippets work as pasted beside the data directory', async () => {
  const [snippet] = pythonBlocks('README.md');
  const output = await run(snippet!.replaceAll('http://127.0.0.1:9000', server.endpoint));
  const url = output
    .trim()
    .replace('public: ', '')
    .replace('http://127.0.0.1:9000', server.endpoint);
  expect(await (await fetch(url)).text()).toBe('Hello, world');

  const program = clientBlock('README.md').replaceAll('http://127.0.0.1:9000', server.endpoint);
  expect(await runTypescript(program, { cwd: home })).toBe('world.txt\n');
});

test('the snippet that the server prints works as pasted, at the first start and at later ones', async () => {
  const first = await printed();
  expect(await run(first.slice(first.indexOf('import boto3')))).toBe('Hello from Kist\n');
  await server.stop();
  server = await start();
  const second = await printed();
  expect(second).not.toContain(first.match(/Secret access key +(\S+)/)![1]);
  expect(await run(second.slice(second.indexOf('import boto3')))).toBe('Hello from Kist\n');
});

/** It is printed a moment after the server is ready. */
async function printed(): Promise<string> {
  await until(() => server.output().includes('.decode())'), 'the snippet is printed');
  return server.output();
}
