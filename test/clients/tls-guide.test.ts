/**
 * `docs/operations/tls.md`, run as it is written: an authority made with openssl, the server with its flags, and real
 * clients that trust nobody else.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { freePort } from '../support/free-port.ts';
import { runInVenv } from '../support/python.ts';
import { type ProcessResult, runProgram } from '../support/run-program.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';
import { fingerprintAt } from '../support/tls.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'tls.md');
const snippets = [...readFileSync(page, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
  ([, language, text]) => ({ language: language!, text: text! }),
);
const snippetWith = (language: string, word: string): string => {
  const found = snippets.find((each) => each.language === language && each.text.includes(word));
  if (found === undefined) throw new Error(`The page has no ${language} with ${word}.`);
  return found.text;
};

let home: string;
let redirectPort: number;
let server: RunningServer;
let ca: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kist-tls-guide-'));
  const made = await sh(snippetWith('sh', 'openssl req -x509'));
  expect(made.code, made.stderr).toBe(0);
  ca = readFileSync(join(home, 'ca.pem'), 'utf8');
  redirectPort = await freePort();
  const [program, verb, ...flags] = snippetWith('sh', 'kist serve').trim().split(/\s+/);
  expect([program, verb]).toEqual(['kist', 'serve']);
  const own = flags
    .map((flag) => (/^kist\.(crt|key)$/.test(flag) ? join(home, flag) : flag))
    .map((flag) => (flag === '9080' ? String(redirectPort) : flag));
  expect(own).toContain(String(redirectPort));
  server = await startServer({ ca, flags: own });
});
afterAll(async () => {
  await server?.remove();
  rmSync(home, { recursive: true, force: true });
});

const withOwnValues = (text: string): string =>
  text
    .replaceAll('YOUR_ACCESS_KEY_ID', main.accessKeyId)
    .replaceAll('YOUR_SECRET_ACCESS_KEY', main.secretAccessKey)
    .replaceAll(/\b9000\b/g, String(server.port));

function sh(text: string, env: Readonly<Record<string, string>> = {}): Promise<ProcessResult> {
  return runProgram('sh', ['-eu'], { input: text, cwd: home, env });
}

async function python(text: string): Promise<string> {
  const { code, stdout, stderr } = await runInVenv('python', ['-'], { input: text, cwd: home });
  expect(code, stderr).toBe(0);
  return stdout;
}

test('aws-cli and boto3 trust the authority and read what they wrote', async () => {
  const { code, stdout, stderr } = await sh(withOwnValues(snippetWith('sh', 'aws s3 mb')));
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Hello$/m);
  expect(await python(withOwnValues(snippetWith('python', 'import boto3')))).toBe("b'Hello\\n'\n");
});

/** A boto3 client, and `refusal()`: the error that a call ends with. */
const client = (endpoint: string, more: string): string => `
import boto3, os, io
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
s3 = boto3.client("s3", endpoint_url="${endpoint}", region_name="us-east-1", verify=${more},
    aws_access_key_id="${main.accessKeyId}", aws_secret_access_key="${main.secretAccessKey}")
def refusal(call, **kwargs):
    try:
        call(**kwargs)
    except (BotoCoreError, ClientError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"
`;

describe('boto3', () => {
  test('reaches buckets as host names, with the wildcard certificate', async () => {
    const endpoint = `https://s3.localhost:${server.port}`;
    const program = `${client(endpoint, '"ca.pem", config=Config(s3={"addressing_style": "virtual"})')}
s3.create_bucket(Bucket="by-host")
body = os.urandom(9 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(body), "by-host", "large")
print(s3.get_object(Bucket="by-host", Key="large")["Body"].read() == body)
print(s3.generate_presigned_url("get_object", Params={"Bucket": "by-host", "Key": "large"}))
`;
    const [same, url] = (await python(program)).split('\n');
    expect(same).toBe('True');
    expect(url).toMatch(new RegExp(`^https://by-host\\.s3\\.localhost:${server.port}/large\\?`));
  });

  test('does not trust the certificate where it is not told to', async () => {
    const program = `${client(server.endpoint, 'True')}print(refusal(s3.list_buckets))`;
    expect(await python(program)).toMatch(/^SSLError: .*certificate verify failed/);
  });

  test('is told the endpoint by the port for plain HTTP, and has stored nothing', async () => {
    const plain = client(`http://127.0.0.1:${redirectPort}`, 'True');
    const program = `${plain}
print(refusal(s3.create_bucket, Bucket="plain-http"))
print(refusal(s3.put_object, Bucket="plain-http", Key="k", Body=b"x" * 100000))
print(refusal(s3.get_object, Bucket="plain-http", Key="k"))
print(refusal(s3.head_object, Bucket="plain-http", Key="k"))
${client(server.endpoint, '"ca.pem"')}
print([b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"] == "plain-http"])
`;
    const lines = (await python(program)).trim().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines.slice(0, 3)) {
      expect(line).toMatch(/^\w+: .*InvalidRequest.*Use https:\/\/127\.0\.0\.1:\d+ as the/);
      expect(line).toContain(`https://127.0.0.1:${server.port} `);
    }
    // An answer to HEAD has no document.
    expect(lines[3]).toMatch(/^ClientError: .*308/);
    expect(lines[4]).toBe('[]');
  });
});

test('rclone and restic take the options that the page names', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: main.accessKeyId,
    AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
    RESTIC_PASSWORD: 'password',
    RESTIC_CACHE_DIR: join(home, 'cache'),
  };
  const listed = await sh(
    `rclone --ca-cert ca.pem --config /dev/null lsf ':s3,provider=Other,env_auth,endpoint="${server.endpoint}":'`,
    env,
  );
  expect([listed.code, listed.stdout], listed.stderr).toEqual([
    0,
    expect.stringContaining('over-tls/'),
  ]);
  const made = await sh(`restic --cacert ca.pem -r s3:${server.endpoint}/restic-tls init`, env);
  expect(made.code, made.stderr).toBe(0);
});

test('kist bench takes NODE_EXTRA_CA_CERTS', async () => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kist'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  chmodSync(join(bin, 'kist'), 0o755);
  const { code, stdout, stderr } = await sh(
    `NODE_EXTRA_CA_CERTS=ca.pem ${bin}/kist bench put --duration 1s --concurrency 4 --endpoint ${server.endpoint} --json`,
    { AWS_ACCESS_KEY_ID: main.accessKeyId, AWS_SECRET_ACCESS_KEY: main.secretAccessKey },
  );
  expect(code, `${stdout}${stderr}`).toBe(0);
});

test('the certificate of the page is for the buckets of s3.localhost', async () => {
  const names = ['s3.localhost', 'bucket.s3.localhost'];
  const seen = await Promise.all(
    names.map((servername) => fingerprintAt(server.port, ca, { servername })),
  );
  expect(new Set(seen).size).toBe(1);
});
