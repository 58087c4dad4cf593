/** What log lines carry, and what they never carry. */
import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions, redactQuery } from './log.ts';
import { createRequestLog, type RequestEntry } from './request-log.ts';

function captured(options: Partial<LogOptions> = {}) {
  const written: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    write: (line) => written.push(line),
    ...options,
  });
  return { log, written, last: () => JSON.parse(written.at(-1)!) as Record<string, unknown> };
}

const entry: RequestEntry = {
  requestId: 'A1B2',
  method: 'GET',
  operation: 'GetObject',
  caller: 'ALICEKEY',
  clientAddress: '10.0.0.7',
  bucket: 'photos',
  key: 'a\u001b[31m b.jpg',
  status: 200,
  code: undefined,
  bytesIn: 0,
  bytesOut: 4096,
  firstByteMs: 0.12345678,
  totalMs: 1.5,
  aborted: false,
};

describe('createLog', () => {
  it('writes one JSON object a line, with level, time, message and fields', () => {
    const { log, last } = captured({ fields: { process: 'worker-0' } });
    log.with({ job: 'garbage' }).info('job done', { removed: 3 });
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      message: 'job done',
      process: 'worker-0',
      job: 'garbage',
      removed: 3,
    });
  });

  it('leaves out what is below the level', () => {
    const { log, written } = captured({ level: 'warn' });
    log.info('not this');
    log.warn('this');
    expect(written).toHaveLength(1);
    expect(log.enabled('info')).toBe(false);
    expect(log.enabled('error')).toBe(true);
  });

  it('blanks secrets, at the top and one level down', () => {
    const { log, written } = captured();
    log.info('careless', {
      authorization: 'AWS4-HMAC-SHA256 hush',
      headers: {
        authorization: 'AWS hush',
        'x-amz-security-token': 'hush',
        'x-amz-server-side-encryption-customer-key': 'hush',
        'x-amz-copy-source-server-side-encryption-customer-key': 'hush',
      },
      config: { masterKey: 'hush' },
      account: { accessKeyId: 'SHOWN', secretAccessKey: 'hush' },
    });
    expect(written[0]).not.toContain('hush');
    expect(written[0]).toContain('SHOWN');
  });

  it('tells an error with its causes, without members that may hold signatures', () => {
    const { log, last, written } = captured();
    const cause = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    const error = Object.assign(new Error('cannot write', { cause }), { StringToSign: 'hush' });
    log.error('request failed', { error });
    expect(last().error).toMatchObject({
      message: 'cannot write',
      cause: { message: 'disk full', code: 'ENOSPC' },
    });
    expect(written[0]).not.toContain('hush');
  });

  it('writes text for people, without control characters from outside', () => {
    const { log, written } = captured({ format: 'text' });
    log.info('request', { bucket: 'photos', key: 'a\u001b[31m\nb', status: 200 });
    expect(written[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}request {2}bucket=photos {2}key="a\\u001b\[31m\\nb" {2}status=200\n$/,
    );
    log.error('broken', { error: new Error('outer', { cause: new Error('inner') }) });
    expect(written[1]).toMatch(
      /error broken\n {4}Error: outer\n[\s\S]*caused by:\n {4}Error: inner/,
    );
  });
});

describe('redactQuery', () => {
  it('hides signatures, session tokens and customers’ keys, and nothing else', () => {
    expect(redactQuery('X-Amz-Signature=abc&X-Amz-Date=1&x-amz-security-token=t')).toBe(
      'X-Amz-Signature=(hidden)&X-Amz-Date=1&x-amz-security-token=(hidden)',
    );
    expect(redactQuery('AWSAccessKeyId=A&Signature=abc%3D&Expires=1')).toBe(
      'AWSAccessKeyId=A&Signature=(hidden)&Expires=1',
    );
    expect(redactQuery('X-Amz-Server-Side-Encryption-Customer-Key=abc%3D&x=1')).toBe(
      'X-Amz-Server-Side-Encryption-Customer-Key=(hidden)&x=1',
    );
    expect(redactQuery('prefix=Signature')).toBe('prefix=Signature');
  });
});

describe('createRequestLog', () => {
  it.each([
    ['none', []],
    ['5xx', [500]],
    ['4xx', [404, 500]],
    ['all', [200, 404, 500]],
  ] as const)('with %s wants %j', (accessLog, wanted) => {
    const { log } = captured();
    const { wants } = createRequestLog(log, accessLog);
    expect([200, 404, 500].filter((status) => wants(status))).toEqual(wanted);
  });

  it('wants nothing that the level would drop', () => {
    const { wants } = createRequestLog(captured({ level: 'error' }).log, 'all');
    expect([wants(200), wants(404), wants(503)]).toEqual([false, false, true]);
  });

  it('writes one line with what is known', () => {
    const { log, last } = captured();
    createRequestLog(log, 'all').write(entry);
    const { code: _, aborted: __, ...known } = entry;
    expect(last()).toMatchObject({
      ...known,
      level: 'info',
      message: 'request',
      firstByteMs: 0.123,
    });
    expect(last()).not.toHaveProperty('aborted');
  });

  it('writes a failure as an error, with its cause', () => {
    const { log, last } = captured();
    const failed = { ...entry, status: 500, code: 'InternalError', error: new Error('bug') };
    createRequestLog(log, '5xx').write(failed);
    expect(last()).toMatchObject({
      level: 'error',
      code: 'InternalError',
      error: { message: 'bug' },
    });
  });
});
