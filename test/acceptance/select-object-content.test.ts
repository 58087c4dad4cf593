import { gzipSync } from 'node:zlib';
import {
  PutObjectAclCommand,
  type S3Client,
  SelectObjectContentCommand,
  type SelectObjectContentCommandInput,
} from '@aws-sdk/client-s3';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { put, readText } from '../support/objects.ts';
import { refusalOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

type Asked = Partial<SelectObjectContentCommandInput> & { readonly client?: S3Client };

interface Answer {
  readonly text: string;
  /** Names of the events, Records once for each run of them. */
  readonly events: readonly string[];
  readonly stats: object | undefined;
  readonly progress: object | undefined;
}

function send(Key: string, Expression: string, { client = server.main, ...more }: Asked = {}) {
  return client.send(
    new SelectObjectContentCommand({
      Bucket,
      Key,
      Expression,
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { CSV: {} },
      ...more,
    }),
  );
}

async function select(Key: string, Expression: string, asked?: Asked): Promise<Answer> {
  const { Payload } = await send(Key, Expression, asked);
  const events: string[] = [];
  const chunks: Uint8Array[] = [];
  let stats: object | undefined;
  let progress: object | undefined;
  for await (const event of Payload ?? []) {
    const [name = ''] = Object.keys(event);
    if (name !== events.at(-1)) events.push(name);
    if (event.Records?.Payload !== undefined) chunks.push(event.Records.Payload);
    stats = event.Stats?.Details ?? stats;
    progress = event.Progress?.Details ?? progress;
  }
  return { text: Buffer.concat(chunks).toString(), events, stats, progress };
}

async function outcomeOf(Key: string, Expression: string, asked?: Asked): Promise<string> {
  const refusal = await refusalOf(send(Key, Expression, asked));
  return `${refusal.status} ${refusal.code}`;
}

const people = 'name,age\nAnna,31\n"Bob, jr.",27\nCarla,45\n';
const withHeader = { CSV: { FileHeaderInfo: 'USE' } } as const;
await put(server.main, Bucket, 'people.csv', people);
await put(server.main, Bucket, 'people.csv.gz', gzipSync(people));

test('CSV: records, then what it took, then the end', async () => {
  const answer = await select(
    'people.csv',
    'SELECT s.name, s.age FROM S3Object s WHERE CAST(s.age AS INT) < 40',
    { InputSerialization: withHeader },
  );
  const text = 'Anna,31\n"Bob, jr.",27\n';
  expect(answer).toEqual({
    text,
    events: ['Records', 'Stats', 'End'],
    stats: {
      BytesScanned: people.length,
      BytesProcessed: people.length,
      BytesReturned: text.length,
    },
    progress: undefined,
  });
});

test('delimiters, quotes and line ends go over the wire as they are', async () => {
  await put(server.main, Bucket, 'odd.csv', "a\t'b\tc'\r\n%no\r\nd\te\r\n");
  const { text } = await select('odd.csv', 'SELECT _2, _1 FROM S3Object', {
    InputSerialization: {
      CSV: { FieldDelimiter: '\t', RecordDelimiter: '\r\n', QuoteCharacter: "'", Comments: '%' },
    },
    OutputSerialization: {
      CSV: { FieldDelimiter: '|', RecordDelimiter: '\n', QuoteFields: 'ALWAYS' },
    },
  });
  expect(text).toBe('"b\tc"|"a"\n"e"|"d"\n');
});

test('values are spelled in any case, as older clients do', async () => {
  const { text } = await select('people.csv', 'SELECT age FROM S3Object LIMIT 1', {
    InputSerialization: {
      CSV: { FileHeaderInfo: 'Use' as 'USE' },
      CompressionType: 'None' as 'NONE',
    },
    OutputSerialization: { JSON: {} },
  });
  expect(text).toBe('{"age":"31"}\n');
});

test('gzip, with progress when it is asked for', async () => {
  const zipped = gzipSync(people).length;
  const answer = await select('people.csv.gz', 'SELECT COUNT(*) FROM S3Object', {
    InputSerialization: { ...withHeader, CompressionType: 'GZIP' },
    RequestProgress: { Enabled: true },
  });
  const stats = { BytesScanned: zipped, BytesProcessed: people.length, BytesReturned: 2 };
  expect(answer).toEqual({
    text: '3\n',
    events: ['Records', 'Progress', 'Stats', 'End'],
    stats,
    progress: stats,
  });
});

test('JSON lines and documents', async () => {
  await put(server.main, Bucket, 'lines', '{"a":1,"b":{"c":[1,2]}}\n{"a":2}\n');
  await put(server.main, Bucket, 'document', '{"list":[\n{"a":1},\n{"a":2}\n]}');
  const OutputSerialization = { JSON: {} };
  const lines = await select('lines', 'SELECT s.b.c[1] AS x FROM S3Object s', {
    InputSerialization: { JSON: { Type: 'LINES' } },
    OutputSerialization,
  });
  expect(lines.text).toBe('{"x":2}\n{}\n');
  const found = await select('document', 'SELECT * FROM S3Object[*].list[*] s WHERE s.a > 1', {
    InputSerialization: { JSON: { Type: 'DOCUMENT' } },
    OutputSerialization,
  });
  expect(found.text).toBe('{"a":2}\n');
});

test('Parquet', async () => {
  const columnData = [
    { name: 'city', data: ['Rome', 'Oslo', null], type: 'STRING' as const },
    { name: 'people', data: [2_800_000, 700_000, 1], type: 'INT32' as const },
  ];
  await put(server.main, Bucket, 'parquet', Buffer.from(parquetWriteBuffer({ columnData })));
  const { text } = await select('parquet', 'SELECT * FROM S3Object s WHERE s.people < 1000000', {
    InputSerialization: { Parquet: {} },
    OutputSerialization: { JSON: {} },
  });
  expect(text).toBe('{"city":"Oslo","people":700000}\n{"city":null,"people":1}\n');
});

test('a scan range', async () => {
  const { text, stats } = await select('people.csv', 'SELECT _1 FROM S3Object', {
    ScanRange: { Start: 10, End: 20 },
  });
  expect(text).toBe('"Bob, jr."\n');
  expect(stats).toMatchObject({ BytesReturned: text.length });
});

test('encrypted objects, with the customer’s key or the bucket’s', async () => {
  const SSECustomerKey = 'k'.repeat(32);
  const key = { SSECustomerAlgorithm: 'AES256', SSECustomerKey };
  await put(server.main, Bucket, 'sealed', people, key);
  await put(server.main, Bucket, 'sse-s3', people, { ServerSideEncryption: 'AES256' });
  const sql = 'SELECT COUNT(*) FROM S3Object';
  expect((await select('sealed', sql, key)).text).toBe('4\n');
  expect((await select('sse-s3', sql)).text).toBe('4\n');
  expect(await outcomeOf('sealed', sql)).toBe('400 InvalidRequest');
});

test('who may read the object may ask; others and anonymous callers may not', async () => {
  const sql = 'SELECT COUNT(*) FROM S3Object';
  await put(server.main, Bucket, 'shared', people);
  expect(await outcomeOf('shared', sql, { client: server.alt })).toBe('403 AccessDenied');
  await server.main.send(
    new PutObjectAclCommand({ Bucket, Key: 'shared', ACL: 'authenticated-read' }),
  );
  expect((await select('shared', sql, { client: server.alt })).text).toBe('4\n');
  expect(await outcomeOf('absent', sql)).toBe('404 NoSuchKey');
  await server.main.send(new PutObjectAclCommand({ Bucket, Key: 'shared', ACL: 'public-read' }));
  expect(await readText(server.anonymous, Bucket, 'shared')).toBe(people);
  expect(await outcomeOf('shared', sql, { client: server.anonymous })).toBe('403 AccessDenied');
});

test.each([
  ['SELECT', '400 ParseExpectedExpression'],
  ['DELETE FROM S3Object', '400 ParseUnsupportedSelect'],
  ["SELECT * FROM read_csv('/etc/passwd')", '400 InvalidDataSource'],
  ['SELECT a FROM S3Object ORDER BY a', '400 UnsupportedSqlStructure'],
  ['SELECT SLEEP(1) FROM S3Object', '400 UnsupportedFunction'],
  ['SELECT nothing FROM S3Object', '400 MissingHeaders'],
  ['SELECT CAST(_1 AS INT) FROM S3Object', '400 CastFailed'],
])('%s is refused: %s', async (sql, outcome) => {
  expect(await outcomeOf('people.csv', sql)).toBe(outcome);
});

test('parameters that are wrong are refused by name', async () => {
  const sql = 'SELECT * FROM S3Object';
  const refused = (asked: object) => outcomeOf('people.csv', sql, asked);
  expect(await refused({ ExpressionType: 'XPATH' })).toBe('400 InvalidExpressionType');
  expect(await refused({ Expression: undefined })).toBe('400 MissingRequiredParameter');
  expect(await refused({ InputSerialization: {} })).toBe('400 MissingRequiredParameter');
  expect(await refused({ InputSerialization: { JSON: { Type: 'BOTH' } } })).toBe(
    '400 InvalidJsonType',
  );
  expect(await refused({ InputSerialization: { CSV: { FileHeaderInfo: 'MAYBE' } } })).toBe(
    '400 InvalidFileHeaderInfo',
  );
  expect(await refused({ InputSerialization: { CSV: {}, CompressionType: 'ZIP' } })).toBe(
    '400 InvalidCompressionFormat',
  );
  expect(await refused({ InputSerialization: { CSV: {}, CompressionType: 'BZIP2' } })).toBe(
    '501 NotImplemented',
  );
  expect(await refused({ OutputSerialization: { CSV: { QuoteFields: 'NEVER' } } })).toBe(
    '400 InvalidQuoteFields',
  );
  expect(await refused({ ScanRange: { Start: 1000 } })).toBe('400 InvalidScanRange');
  expect(await refused({ Expression: `${sql}${' '.repeat(256 * 1024)}` })).toBe(
    '400 ExpressionTooLong',
  );
});

test('what fails after records went out ends the stream with the error', async () => {
  const rows = 60_000;
  await put(server.main, Bucket, 'late', `${'1234567\n'.repeat(rows)}x\n`);
  const { Payload } = await send('late', 'SELECT CAST(_1 AS INT) FROM S3Object');
  let received = 0;
  const read = async () => {
    for await (const { Records } of Payload ?? []) received += Records?.Payload?.length ?? 0;
  };
  await expect(read()).rejects.toThrow(/CAST failed/);
  expect(received).toBeGreaterThan(0);
});

test('a client that goes away stops the work, and the server goes on', async () => {
  await put(server.main, Bucket, 'large', '0123456789,abcdefghij\n'.repeat(400_000));
  const abort = new AbortController();
  const { Payload } = await server.main.send(
    new SelectObjectContentCommand({
      Bucket,
      Key: 'large',
      Expression: 'SELECT * FROM S3Object',
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { CSV: {} },
    }),
    { abortSignal: abort.signal },
  );
  const read = async () => {
    for await (const event of Payload ?? []) if (event.Records !== undefined) abort.abort();
  };
  await read().catch(() => undefined);
  expect((await select('people.csv', 'SELECT COUNT(*) FROM S3Object')).text).toBe('4\n');
});
