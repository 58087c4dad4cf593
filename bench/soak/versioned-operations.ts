/**
 * Operations on the bucket with versions. A key is held by one of them at a time, and its versions are known
 * by id, in order. Where a request had to be sent again, it may have made two: the list tells.
 */
import { anyOf } from './chance.ts';
import type { Answer } from './client.ts';
import { deleteDocument, entriesOf } from './documents.ts';
import { hold, type State, type Version, type VersionedSlot } from './model.ts';
import { checkWhole, demand, type Operation, type Work } from './work.ts';

/** Older ones are removed by their ids, as a lifecycle would. */
const keptVersions = 4;

const pathOf = ({ versionedBucket }: Work, { key }: VersionedSlot): string =>
  `/${versionedBucket}/${key}`;

/** Versions of the key as the server has them, newest first. */
async function listed({ client, versionedBucket }: Work, { key }: VersionedSlot) {
  const query = `versions=&prefix=${encodeURIComponent(key)}`;
  const plain = { method: 'GET', path: `/${versionedBucket}`, query };
  return entriesOf(demand(await client.send('list versions', plain), `versions of ${key}`, 200));
}

/** Works on a key; what it throws leaves the key's versions unknown. */
async function onKey(work: Work, run: (slot: VersionedSlot) => Promise<void>): Promise<void> {
  const slot = anyOf(work.model.versioned);
  const release = hold(slot);
  if (release === undefined) return;
  try {
    await run(slot);
  } catch (error) {
    slot.lost = true;
    for (const { content } of slot.versions) work.model.release(content);
    slot.versions = [];
    throw error;
  } finally {
    release();
  }
}

/** The version that a request made, and others that it made when it was sent before. */
async function made(work: Work, slot: VersionedSlot, answer: Answer, content: State) {
  const id = String(answer.headers['x-amz-version-id'] ?? '');
  if (id === '') work.wrong(`${slot.key}: no version id`);
  if (answer.attempts === 1) {
    add(work, slot, [{ id, content }, ...slot.versions]);
    return;
  }
  const entries = await listed(work, slot);
  const has = (id: string) => entries.some(({ versionId }) => versionId === id);
  const old = slot.versions.map((version) => version.id);
  for (const each of [id, ...old]) {
    if (!has(each)) work.wrong(`${slot.key}: version ${each} lost`);
  }
  const added = entries.filter(({ versionId }) => !old.includes(versionId));
  for (const { versionId, etag, isMarker } of added) {
    const fits = content === undefined ? isMarker : etag === content.etag;
    if (!fits) work.wrong(`${slot.key}: version ${versionId}, which nobody made`);
  }
  const now = [...added.map(({ versionId }) => ({ id: versionId, content })), ...slot.versions];
  add(work, slot, now);
}

function add({ model }: Work, slot: VersionedSlot, versions: Version[]): void {
  for (const { content } of versions) model.refer(content);
  for (const { content } of slot.versions) model.release(content);
  slot.versions = versions;
}

async function trim(work: Work, slot: VersionedSlot): Promise<void> {
  const old = slot.versions.slice(keptVersions);
  if (old.length === 0) return;
  const { key } = slot;
  const [first, ...others] = old.map(({ id }) => ({ key, versionId: id }));
  const query = `versionId=${encodeURIComponent(first!.versionId)}`;
  const plain = { method: 'DELETE', path: pathOf(work, slot), query };
  demand(await work.client.send('delete version', plain), `DELETE version of ${key}`, 204);
  if (others.length > 0) {
    const { body, headers } = deleteDocument(others);
    const path = `/${work.versionedBucket}`;
    const many = { method: 'POST', path, query: 'delete=', headers };
    const answer = demand(await work.client.send('delete many', many, body), 'multi-delete', 200);
    if (answer.body.includes('<Error>')) throw new Error(`multi-delete: ${answer.body}`);
  }
  add(work, slot, slot.versions.slice(0, keptVersions));
}

export const putVersion: Operation = (work) =>
  onKey(work, async (slot) => {
    const content = work.pool.content();
    const plain = { method: 'PUT', path: pathOf(work, slot) };
    const answer = await work.client.send('put', plain, work.pool.bytes(content));
    await made(work, slot, demand(answer, `PUT ${slot.key}`, 200), content);
    await trim(work, slot);
  });

export const putMarker: Operation = (work) =>
  onKey(work, async (slot) => {
    const plain = { method: 'DELETE', path: pathOf(work, slot) };
    const answer = await work.client.send('delete', plain);
    await made(work, slot, demand(answer, `DELETE ${slot.key}`, 204), undefined);
    await trim(work, slot);
  });

export const getVersion: Operation = (work) =>
  onKey(work, async (slot) => {
    const versions = slot.versions.filter(({ content }) => content !== undefined);
    if (versions.length > 0) await checkVersion(work, slot, anyOf(versions));
  });

export async function checkVersion(work: Work, slot: VersionedSlot, { id, content }: Version) {
  const query = `versionId=${encodeURIComponent(id)}`;
  const plain = { method: 'GET', path: pathOf(work, slot), query };
  const answer = await work.client.send('get', plain);
  checkWhole(work, `GET ${slot.key}, version ${id}`, answer, [content]);
}

export const getCurrent: Operation = (work) =>
  onKey(work, async (slot) => {
    const answer = await work.client.send('get', { method: 'GET', path: pathOf(work, slot) });
    checkWhole(work, `GET ${slot.key}`, answer, [slot.versions[0]?.content]);
  });

export const listVersions: Operation = (work) => onKey(work, (slot) => checkVersions(work, slot));

/** Exactly those that are known: versions in their order, and markers in theirs. */
export async function checkVersions(work: Work, slot: VersionedSlot): Promise<void> {
  const entries = await listed(work, slot);
  for (const markers of [false, true]) {
    const have = entries
      .filter(({ isMarker }) => isMarker === markers)
      .map(({ versionId, etag }) => `${versionId} ${etag}`.trimEnd());
    const want = slot.versions
      .filter(({ content }) => (content === undefined) === markers)
      .map(({ id, content }) => `${id} ${content?.etag ?? ''}`.trimEnd());
    if (have.join() === want.join()) continue;
    work.wrong(`${slot.key}: versions ${have.join(', ')}; expected ${want.join(', ')}`);
  }
}
