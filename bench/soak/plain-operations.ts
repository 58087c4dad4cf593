/** Operations on the bucket without versions: readers race writers. */
import { anyOf, chance } from './chance.ts';
import { deleteDocument, entriesOf, isError, memberOf } from './documents.ts';
import { hold, reading, type Slot, shardKeys, shardOf, writing } from './model.ts';
import {
  checkHead,
  checkRange,
  checkWhole,
  demand,
  etagOf,
  type Operation,
  type Work,
} from './work.ts';

const keysDeletedAtOnce = 10;
/** Ranges end within so many bytes. */
const longestRange = 256 * 1024;

const pathOf = ({ bucket }: Work, { key }: Slot): string => `/${bucket}/${key}`;

/** Most of the time one that holds something. */
function readable({ model }: Work): Slot {
  const slot = anyOf(model.slots.filter(({ lost }) => !lost));
  return slot.state !== undefined || chance(0.1) ? slot : readableAgain(model.slots, slot);
}

function readableAgain(slots: readonly Slot[], otherwise: Slot): Slot {
  const full = slots.filter(({ state, lost }) => state !== undefined && !lost);
  return full.length > 0 ? anyOf(full) : otherwise;
}

export const put: Operation = async (work) => {
  const slot = anyOf(work.model.slots);
  const release = hold(slot);
  if (release === undefined) return;
  try {
    const content = work.pool.content();
    await writing(work.model, [slot], content, async () => {
      const plain = { method: 'PUT', path: pathOf(work, slot) };
      const answer = await work.client.send('put', plain, work.pool.bytes(content));
      demand(answer, `PUT ${slot.key}`, 200);
      if (etagOf(answer) !== content.etag) work.wrong(`PUT ${slot.key}: ETag ${etagOf(answer)}`);
    });
  } finally {
    release();
  }
};

export const get: Operation = async (work) => {
  const slot = readable(work);
  await reading(
    [slot],
    () => work.client.send('get', { method: 'GET', path: pathOf(work, slot) }),
    (answer, may) => checkWhole(work, `GET ${slot.key}`, answer, may(slot)),
  );
};

export const getRange: Operation = async (work) => {
  const slot = readable(work);
  const start = Math.floor(Math.random() * (slot.state?.size ?? 1));
  const end = start + 1 + Math.floor(Math.random() * longestRange);
  const headers = { range: `bytes=${start}-${end - 1}` };
  await reading(
    [slot],
    () => work.client.send('get range', { method: 'GET', path: pathOf(work, slot), headers }),
    (answer, may) => checkRange(work, `GET ${slot.key}`, answer, [start, end], may(slot)),
  );
};

export const head: Operation = async (work) => {
  const slot = readable(work);
  await reading(
    [slot],
    () => work.client.send('head', { method: 'HEAD', path: pathOf(work, slot) }),
    (answer, may) => checkHead(work, `HEAD ${slot.key}`, answer, may(slot)),
  );
};

export const list: Operation = (work) => {
  const { slots } = work.model;
  return checkShard(work, Math.floor(Math.random() * Math.ceil(slots.length / shardKeys)));
};

/** Each key of the shard is listed as it may be, and no other. */
export async function checkShard(work: Work, shard: number): Promise<void> {
  const { model, client, bucket, wrong } = work;
  const slots = model.slots.slice(shard * shardKeys, (shard + 1) * shardKeys);
  const query = `list-type=2&prefix=${encodeURIComponent(shardOf(shard))}`;
  await reading(
    slots,
    async () => {
      const answer = await client.send('list', { method: 'GET', path: `/${bucket}`, query });
      return entriesOf(demand(answer, `list ${shardOf(shard)}`, 200));
    },
    (entries, may) => {
      const byKey = new Map(entries.map((entry) => [entry.key, entry]));
      for (const slot of slots) {
        const entry = byKey.get(slot.key);
        byKey.delete(slot.key);
        if (slot.lost) continue;
        const fits = [...may(slot)].some((content) =>
          content === undefined
            ? entry === undefined
            : entry?.etag === content.etag && entry.size === content.size,
        );
        if (!fits) wrong(`list: ${slot.key} with ETag ${entry?.etag ?? 'none: not listed'}`);
      }
      for (const key of byKey.keys()) wrong(`list: ${key}, which nobody put`);
    },
  );
}

export const copy: Operation = async (work) => {
  const from = readable(work);
  const to = anyOf(work.model.slots);
  const release = hold(from, to);
  if (release === undefined) return;
  try {
    const content = from.state;
    if (content === undefined) return;
    await writing(work.model, [to], content, async () => {
      const headers = { 'x-amz-copy-source': pathOf(work, from) };
      const plain = { method: 'PUT', path: pathOf(work, to), headers };
      const answer = demand(await work.client.send('copy', plain), `copy to ${to.key}`, 200);
      if (isError(answer)) throw new Error(`copy to ${to.key}: ${answer.body}`);
      const etag = memberOf(answer, 'ETag').replaceAll('"', '');
      if (etag !== content.etag) work.wrong(`copy to ${to.key}: ETag ${etag}`);
    });
  } finally {
    release();
  }
};

export const remove: Operation = async (work) => {
  const slot = readable(work);
  const release = hold(slot);
  if (release === undefined) return;
  try {
    await writing(work.model, [slot], undefined, async () => {
      const plain = { method: 'DELETE', path: pathOf(work, slot) };
      demand(await work.client.send('delete', plain), `DELETE ${slot.key}`, 204);
    });
  } finally {
    release();
  }
};

export const removeMany: Operation = async (work) => {
  const { model, client, bucket } = work;
  const from = Math.floor(Math.random() * Math.max(1, model.slots.length - keysDeletedAtOnce));
  const slots = model.slots
    .slice(from, from + keysDeletedAtOnce)
    .filter(({ busy, lost }) => !busy && !lost);
  const release = hold(...slots);
  if (release === undefined || slots.length === 0) return;
  try {
    await writing(model, slots, undefined, async () => {
      const { body, headers } = deleteDocument(slots);
      const plain = { method: 'POST', path: `/${bucket}`, query: 'delete=', headers };
      const answer = demand(await client.send('delete many', plain, body), 'multi-delete', 200);
      if (answer.body.includes('<Error>')) throw new Error(`multi-delete: ${answer.body}`);
    });
  } finally {
    release();
  }
};
