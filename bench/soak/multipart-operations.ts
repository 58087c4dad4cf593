/** Multipart uploads that are completed or given up; some parts are copied from objects. */
import { anyOf, chance } from './chance.ts';
import type { Content } from './contents.ts';
import { partBytes } from './contents.ts';
import { completeDocument, isError, memberOf } from './documents.ts';
import { hold, type Slot, writing } from './model.ts';
import { demand, etagOf, type Operation, type Work } from './work.ts';

interface Upload {
  readonly path: string;
  readonly uploadId: string;
}

async function create({ client, bucket }: Work, { key }: Slot): Promise<Upload> {
  const path = `/${bucket}/${key}`;
  const answer = await client.send('create upload', { method: 'POST', path, query: 'uploads=' });
  return { path, uploadId: memberOf(demand(answer, `create ${key}`, 200), 'UploadId') };
}

const queryOf = ({ uploadId }: Upload, part: number): string =>
  `partNumber=${part}&uploadId=${encodeURIComponent(uploadId)}`;

async function uploadPart(work: Work, upload: Upload, part: number, content: Content) {
  const { client, pool } = work;
  const plain = { method: 'PUT', path: upload.path, query: queryOf(upload, part) };
  const answer = await client.send('upload part', plain, pool.bytes(content));
  demand(answer, `part ${part} of ${upload.path}`, 200);
  if (etagOf(answer) !== content.etag) work.wrong(`part ${part} of ${upload.path}: ETag`);
}

/** The first bytes of an object that is held; its ETag is the server's, and is put to the test at the end. */
async function copyPart(work: Work, upload: Upload, part: number, from: Slot): Promise<Content> {
  const headers = {
    'x-amz-copy-source': `/${work.bucket}/${from.key}`,
    'x-amz-copy-source-range': `bytes=0-${partBytes - 1}`,
  };
  const plain = { method: 'PUT', path: upload.path, query: queryOf(upload, part), headers };
  const answer = demand(await work.client.send('copy part', plain), `copy part ${part}`, 200);
  if (isError(answer)) throw new Error(`copy part of ${upload.path}: ${answer.body}`);
  const etag = memberOf(answer, 'ETag').replaceAll('"', '');
  return { ...work.pool.range(from.state!, 0, partBytes), etag };
}

async function complete(work: Work, upload: Upload, parts: readonly Content[], whole: Content) {
  const body = completeDocument(parts.map(({ etag }) => etag));
  const query = `uploadId=${encodeURIComponent(upload.uploadId)}`;
  const plain = { method: 'POST', path: upload.path, query };
  const answer = await work.client.send('complete upload', plain, body);
  if (answer.status === 404 && answer.attempts > 1) {
    // The attempt before did it, and its answer was lost.
    const plainHead = { method: 'HEAD', path: upload.path };
    const found = demand(await work.client.send('head', plainHead), `HEAD ${upload.path}`, 200);
    if (etagOf(found) === whole.etag) return;
  }
  demand(answer, `complete ${upload.path}`, 200);
  if (isError(answer)) throw new Error(`complete ${upload.path}: ${answer.body}`);
  const etag = memberOf(answer, 'ETag').replaceAll('"', '');
  if (etag !== whole.etag) work.wrong(`complete ${upload.path}: ETag ${etag}`);
}

export const multipart: Operation = async (work) => {
  const { model, pool } = work;
  const to = anyOf(model.slots);
  const large = model.slots.filter(({ state }) => (state?.size ?? 0) >= partBytes);
  const from = large.length > 0 && chance(0.5) ? anyOf(large) : undefined;
  const release = from === undefined ? hold(to) : hold(to, from);
  if (release === undefined) return;
  try {
    const upload = await create(work, to);
    const parts: Content[] = [];
    if (from === undefined || from.state === undefined) {
      parts.push(pool.part(false));
      await uploadPart(work, upload, 1, parts[0]!);
    } else {
      parts.push(await copyPart(work, upload, 1, from));
    }
    const last = pool.part(true);
    await uploadPart(work, upload, 2, last);
    parts.push(last);
    const whole = pool.completed(parts);
    await writing(model, [to], whole, () => complete(work, upload, parts, whole));
  } finally {
    release();
  }
};

export const abortedMultipart: Operation = async (work) => {
  const slot = anyOf(work.model.slots);
  const upload = await create(work, slot);
  await uploadPart(work, upload, 1, work.pool.part(true));
  await abort(work, upload.path, upload.uploadId);
  const query = `uploadId=${encodeURIComponent(upload.uploadId)}`;
  const answer = await work.client.send('list parts', { method: 'GET', path: upload.path, query });
  if (answer.status !== 404) work.wrong(`an aborted upload of ${slot.key} has parts`);
};

export async function abort({ client }: Work, path: string, uploadId: string): Promise<void> {
  const query = `uploadId=${encodeURIComponent(uploadId)}`;
  const answer = await client.send('abort upload', { method: 'DELETE', path, query });
  if (answer.status === 404 && answer.attempts > 1) return;
  demand(answer, `abort ${path}`, 204);
}
