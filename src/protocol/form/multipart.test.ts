import { describe, expect, it } from 'vitest';
import { maxFieldBytes, readForm } from './multipart.ts';

const contentType = 'multipart/form-data; boundary=edge';

function part(name: string, value: string, fileName?: string): string {
  const file = fileName === undefined ? '' : `; filename="${fileName}"`;
  return `--edge\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
}
const end = '--edge--\r\n';

/** The text in pieces of `size` bytes, and how many of them were asked for. */
function bodyOf(text: string, size = 7) {
  const bytes = Buffer.from(text);
  const state = { taken: 0, closed: false };
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (let at = 0; at < bytes.length; at += size) {
        state.taken = at + size;
        yield bytes.subarray(at, at + size);
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, body: pieces() };
}

async function textOf(file: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a form', () => {
  it.each([1, 7, 64, 100_000])('is read in pieces of %d bytes', async (size) => {
    const content = `line\r\n--edg\r\n--edge-not\r\n${'x'.repeat(5000)}`.replace('--edge-not', '-');
    const text = part('Key', 'ключ') + part('empty', '') + part('file', content, 'a b.txt') + end;
    const { fields, fileName, file } = await readForm(bodyOf(text, size).body, contentType);
    expect([...fields]).toEqual([
      ['key', 'ключ'],
      ['empty', ''],
    ]);
    expect(fileName).toBe('a b.txt');
    expect(await textOf(file)).toBe(content);
  });

  it('has a file by its name, whether it has a file name or not', async () => {
    const text = part('key', 'k', 'key') + part('FILE', 'bytes') + end;
    const { fields, fileName, file } = await readForm(bodyOf(text).body, contentType);
    expect(fields.get('key')).toBe('k');
    expect(fileName).toBe('');
    expect(await textOf(file)).toBe('bytes');
  });

  it('gives the name of a file without its path', async () => {
    const text = part('file', 'x', 'C:\\Users\\me\\photo.jpg') + end;
    expect((await readForm(bodyOf(text).body, contentType)).fileName).toBe('photo.jpg');
  });

  it('ends at its file: what follows is ignored', async () => {
    const text =
      part('file', 'first', 'f') + part('acl', 'public-read') + part('file', '2', 'f') + end;
    const { fields, file } = await readForm(bodyOf(text, 100_000).body, contentType);
    expect(await textOf(file)).toBe('first');
    expect(fields.size).toBe(0);
  });

  it('may have an empty file', async () => {
    const { file } = await readForm(bodyOf(part('file', '', 'f') + end).body, contentType);
    expect(await textOf(file)).toBe('');
  });

  it('is not read further than its reader wants, and given up when he stops', async () => {
    const { state, body } = bodyOf(part('file', 'x'.repeat(100_000), 'f') + end, 1000);
    const { file } = await readForm(body, contentType);
    for await (const chunk of file) {
      expect(chunk.length).toBeLessThanOrEqual(1000);
      break;
    }
    expect(state.taken).toBeLessThan(5000);
    expect(state.closed).toBe(true);
  });

  it.each([
    ['in the file', part('key', 'k') + part('file', 'abc', 'f').slice(0, -2)],
    ['right after the file', part('key', 'k') + part('file', 'abc', 'f')],
  ])('that breaks off %s is malformed', async (_, text) => {
    const reading = readForm(bodyOf(text).body, contentType).then(({ file }) => textOf(file));
    await expect(reading).rejects.toThrow(code('MalformedPOSTRequest'));
  });

  it.each([
    ['no file', part('key', 'k') + end, 'InvalidArgument'],
    ['nothing at all', '', 'MalformedPOSTRequest'],
    ['nothing but a preamble', 'x'.repeat(1000), 'MalformedPOSTRequest'],
    ['a field that breaks off', part('key', 'k').slice(0, -4), 'MalformedPOSTRequest'],
    [
      'a field twice',
      part('acl', 'a') + part('ACL', 'b') + part('file', 'x') + end,
      'InvalidArgument',
    ],
    [
      'too large a field',
      part('key', 'x'.repeat(maxFieldBytes + 1)) + part('file', 'x') + end,
      'MaxPostPreDataLengthExceededError',
    ],
    ['an endless preamble', 'x'.repeat(500_000), 'MaxPostPreDataLengthExceededError'],
  ])('with %s is refused', async (_, text, expected) => {
    const { state, body } = bodyOf(text, 4000);
    await expect(readForm(body, contentType)).rejects.toThrow(code(expected));
    if (text !== '') expect(state.closed).toBe(true);
  });

  it('with a field twice does not repeat its value, which may be a secret', async () => {
    const field = part('x-amz-server-side-encryption-customer-key', 'c2VjcmV0');
    const { body } = bodyOf(field + field + part('file', 'x') + end);
    const thrown = await readForm(body, contentType).catch((error: unknown) => error);
    expect(JSON.stringify(thrown)).not.toContain('c2VjcmV0');
    expect(thrown).toMatchObject({
      fields: { ArgumentName: 'x-amz-server-side-encryption-customer-key' },
    });
  });

  it('without a boundary is malformed', async () => {
    const { body } = bodyOf('');
    await expect(readForm(body, 'multipart/form-data')).rejects.toThrow(
      code('MalformedPOSTRequest'),
    );
  });
});
