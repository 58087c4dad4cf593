import { expect, test } from 'vitest';
import { S3Error } from '../../protocol/errors.ts';
import { heartbeatMs, maxRecordBytes, maxRunMs, recordsMessageBytes } from './limits.ts';
import { eventsOf, openSelect, refusal, select, startedAt } from './select.fixture.ts';

const everything = 'SELECT * FROM S3Object';

test('records are gathered into messages of a size', async () => {
  const object = 'abcdefghij\n'.repeat(60_000);
  const events = await eventsOf(object, everything, { chunkBytes: 10_000 });
  const sizes = events.flatMap(({ Records }) => Records?.Payload?.length ?? []);
  expect(sizes.length).toBe(Math.ceil(object.length / recordsMessageBytes));
  expect(Math.max(...sizes)).toBeLessThan(recordsMessageBytes + 11);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(object.length);
});

test('LIMIT stops reading', async () => {
  const object = 'abcdefghij\n'.repeat(60_000);
  const events = await eventsOf(object, `${everything} LIMIT 2`, { chunkBytes: 10_000 });
  expect(events.at(-2)?.Stats?.Details).toEqual({
    BytesScanned: 10_000,
    BytesProcessed: 10_000,
    BytesReturned: 22,
  });
  expect(await select(object, `${everything} LIMIT 0`)).toBe('');
  expect(await select('1\n', 'SELECT COUNT(*) FROM S3Object LIMIT 0')).toBe('');
});

test.each([
  [false, 'Cont'],
  [true, 'Progress'],
])(
  'without records for a while, a message keeps the connection alive (progress %s)',
  async (progress, name) => {
    let clock = startedAt;
    const now = () => {
      clock += heartbeatMs / 2;
      return clock;
    };
    const sql = `${everything} WHERE _1 = 'b'`;
    const events = await eventsOf('a\n'.repeat(100), sql, {
      progress,
      chunkBytes: 20,
      deps: { now },
    });
    const names = events.map((event) => Object.keys(event)[0]);
    expect(names.filter((one) => one === name).length).toBeGreaterThan(2);
    expect(names.slice(-2)).toEqual(['Stats', 'End']);
  },
);

test('a query that runs too long is ended', async () => {
  let clock = startedAt;
  const now = () => {
    clock += maxRunMs / 4;
    return clock;
  };
  const deps = { now };
  expect(await refusal('a\n'.repeat(100), everything, { chunkBytes: 10, deps })).toBe('Busy');
});

const quoted = { CSV: { AllowQuotedRecordDelimiter: true } };
const header = { CSV: { FileHeaderInfo: 'USE' } } as const;
const document = { JSON: { Type: 'DOCUMENT' } } as const;

test.each([
  ['comments', { CSV: {} }, '#\n'.repeat(4000), everything],
  ['comments among quotes', quoted, '#\n'.repeat(4000), everything],
  ['empty lines before a header', header, '\n'.repeat(8000), everything],
  ['values off the path', document, `{${'"a":1,'.repeat(2000)}`, `${everything}[*].b`],
] as const)('input without a record: %s', async (_, input, object, sql) => {
  let clock = startedAt;
  const now = () => {
    clock += heartbeatMs;
    return clock;
  };
  const events = openSelect(object, sql, { input, chunkBytes: 10, deps: { now } });
  expect((await events.next()).value).toEqual({ Cont: {} });
  const drain = async () => {
    for await (const _ of events);
  };
  await expect(drain()).rejects.toMatchObject({ code: 'Busy' });
});

test('a header is looked for in time', async () => {
  let clock = startedAt;
  const now = () => {
    clock += heartbeatMs;
    return clock;
  };
  const asked = { input: header, range: { Start: 7000 }, chunkBytes: 10, deps: { now } };
  expect(await refusal('#\n'.repeat(4000), everything, asked)).toBe('Busy');
});

test('an abort ends the query and closes what it reads', async () => {
  const controller = new AbortController();
  let closed = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.from('a\n'.repeat(1000));
    } finally {
      closed = true;
    }
  }
  const deps = { signal: controller.signal, read: async () => endless() };
  const events = openSelect('', everything, { deps });
  expect((await events.next()).value).toHaveProperty('Records');
  controller.abort(new Error('gone'));
  const drain = async () => {
    for await (const _ of events);
  };
  await expect(drain()).rejects.toThrow('gone');
  expect(closed).toBe(true);
});

test('whoever stops reading closes the object', async () => {
  let closed = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.from('a\n'.repeat(1000));
    } finally {
      closed = true;
    }
  }
  const events = openSelect('', everything, { deps: { read: async () => endless() } });
  await events.next();
  await events.return(undefined);
  expect(closed).toBe(true);
});

test('a failure of the store is passed on as it is, through gzip too', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from([0x1f, 0x8b]);
    throw new Error('the disk is gone');
  }
  const deps = { read: async () => failing() };
  const input = { CSV: {}, CompressionType: 'GZIP' } as const;
  await expect(select('', everything, { input, deps })).rejects.toThrow('the disk is gone');
});

test('a record of the result has a limit', async () => {
  const object = `${'a'.repeat(maxRecordBytes / 2)}\n`;
  expect(await refusal(object, 'SELECT _1, _1, _1 FROM S3Object')).toBe('OverMaxRecordSize');
});

test.each([{ CSV: {} }, { JSON: {} }])(
  'a record of the result is not put together beyond the limit: %o',
  async (output) => {
    const object = `${'a'.repeat(maxRecordBytes - 1)}\n`;
    const sql = `SELECT ${'_1,'.repeat(2000)} _1 FROM S3Object`;
    expect(await refusal(object, sql, { output })).toBe('OverMaxRecordSize');
  },
);

test('aggregates make one record and stand by themselves', async () => {
  const object = '1,x\n2,y\n3,z\n';
  expect(
    await select(object, 'SELECT COUNT(*), MAX(_1) + 1 AS m FROM S3Object WHERE _1 > 1', {
      output: { JSON: {} },
    }),
  ).toBe('{"_1":2,"m":4}\n');
  expect(await refusal(object, 'SELECT COUNT(*), _2 FROM S3Object')).toBe(
    'UnsupportedSqlStructure',
  );
  expect(await refusal(object, 'SELECT MAX(MIN(_1)) FROM S3Object')).toBe(
    'UnsupportedSqlStructure',
  );
  expect(await refusal(object, `${everything} WHERE COUNT(*) > 1`)).toBe('UnsupportedSqlStructure');
});

test('an error on the way comes after the records before it', async () => {
  const events = openSelect(`${'1\n'.repeat(70_000)}x\n`, 'SELECT CAST(_1 AS INT) FROM S3Object');
  expect((await events.next()).value).toHaveProperty('Records');
  await expect(events.next()).rejects.toThrow(S3Error);
});
