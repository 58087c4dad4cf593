import { expect, test } from 'vitest';
import type { Credentials } from './credentials.ts';
import { advisoryRefreshMs, mandatoryRefreshMs, refreshing } from './refreshing.ts';

function harness(lifetimeMs: number | undefined) {
  const state = { now: 0, asked: 0, fails: false };
  const find = async (): Promise<Credentials> => {
    state.asked += 1;
    if (state.fails) throw new Error('not now');
    const expiration = lifetimeMs === undefined ? undefined : new Date(state.now + lifetimeMs);
    return { accessKeyId: `A${state.asked}`, secretAccessKey: 's', expiration };
  };
  const provider = refreshing(find, () => state.now);
  return { state, id: async () => (await provider()).accessKeyId };
}

const hour = 3_600_000;

test('keys without an end are asked for once, by all who wait together', async () => {
  const { state, id } = harness(undefined);
  expect(await Promise.all([id(), id(), id()])).toEqual(['A1', 'A1', 'A1']);
  state.now = 1000 * hour;
  expect(await id()).toBe('A1');
});

test('new ones are asked for beside the requests, then before them', async () => {
  const { state, id } = harness(hour);
  await id();
  state.now = hour - advisoryRefreshMs;
  expect(await id()).toBe('A1');
  expect(await id()).toBe('A2');
  state.now += hour - mandatoryRefreshMs;
  expect(await id()).toBe('A3');
});

test('old ones that still hold are used where new ones cannot be had, and asked for again a minute later', async () => {
  const { state, id } = harness(hour);
  await id();
  state.now = hour - mandatoryRefreshMs;
  state.fails = true;
  expect(await id()).toBe('A1');
  expect(await id()).toBe('A1');
  expect(state.asked).toBe(2);
  state.fails = false;
  state.now += 61_000;
  expect(await id()).toBe('A3');
});

test('once they have ended the reason is told, and the next request asks again', async () => {
  const { state, id } = harness(hour);
  await id();
  state.now = hour;
  state.fails = true;
  await expect(id()).rejects.toThrow('not now');
  state.fails = false;
  expect(await id()).toBe('A3');
});
