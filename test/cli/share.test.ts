/** `kist object share`: each URL and form does what it is for, in both signature versions, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
beforeAll(async () => {
  cli = await startCommandLine();
  bucket = await cli.newBucket();
  await cli.client.putObject({ Bucket: bucket, Key: 'k ö', Body: 'shared' });
});
afterAll(() => cli.close());

interface Shared {
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly fields?: Record<string, string>;
  readonly expires: string;
}

async function share(key: string, ...flags: readonly string[]): Promise<Shared> {
  const [line] = await cli.json('object', 'share', `s3://${bucket}/${key}`, ...flags);
  return line as unknown as Shared;
}

describe.each(['s3v4', 's3'])('with %s', (version) => {
  const signed = ['--signature-version', version];

  test('a URL reads one object, and no other', async () => {
    const { url, expires } = await share(
      'k ö',
      ...signed,
      '--expires',
      '10min',
      '--download-as',
      'ö.txt',
    );
    const answer = await fetch(url);
    expect(await answer.text()).toBe('shared');
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%B6.txt");
    const left = Date.parse(expires) - Date.now();
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThan(600_001);
    expect((await fetch(url.replace('/k%20', '/l%20'))).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  });

  test('a URL writes one object, of the type that was said', async () => {
    const { url, headers } = await share(
      'put',
      ...signed,
      '--method',
      'put',
      '--content-type',
      'text/x',
    );
    const other = await fetch(url, {
      method: 'PUT',
      body: 'x',
      headers: { 'content-type': 'text/y' },
    });
    expect(other.status).toBe(403);
    const answer = await fetch(url, { method: 'PUT', body: 'new', headers: headers! });
    expect(answer.status).toBe(200);
    expect(await cli.textOf(bucket, 'put')).toBe('new');
  });

  test('a form uploads what is not too large', async () => {
    const { url, fields } = await share('posted', ...signed, '--method', 'post', '--max-size', '4');
    const post = (text: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields!)) form.append(name, value);
      form.append('file', new Blob([text]), 'file.txt');
      return fetch(url, { method: 'POST', body: form });
    };
    expect((await post('large')).status).toBe(400);
    expect((await post('four')).status).toBe(204);
    expect(await cli.textOf(bucket, 'posted')).toBe('four');
  });
});

test('plain, it is the URL alone; a form is a curl command', async () => {
  const url = await cli.done('object', 'share', `s3://${bucket}/k ö`);
  expect(await (await fetch(url.trim())).text()).toBe('shared');
  const form = await cli.done('object', 'share', `s3://${bucket}/x`, '--method', 'post');
  expect(form).toMatch(/^curl -F 'key=x' .*-F file=@FILE 'http/);
});

test('what can’t be is refused', async () => {
  for (const [flags, reason] of [
    [['--expires', '8d'], '604800 seconds at most'],
    [['--expires', 'soon'], 'a number with its unit'],
    [['--max-size', '4'], 'is for --method post'],
    [['--method', 'put', '--download-as', 'x'], 'is for --method get'],
  ] as const) {
    const { code, stderr } = await cli.run(['object', 'share', `s3://${bucket}/k`, ...flags]);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(reason);
  }
});
