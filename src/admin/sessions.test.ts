/** When a session of a browser ends by itself, over a clock of the test's own. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { IdentityDirectory, KeyHolder } from '../identity/identity.ts';
import { createSealer } from '../identity/secrets.ts';
import { absoluteMs, createSessions, idleMs, type Sessions } from './sessions.ts';

const holder: KeyHolder = {
  account: {
    ...{ accountId: 'ann', number: '000000000001', namespace: 'default' },
    ...{ displayName: 'Ann', email: undefined, root: false },
  },
  secrets: ['right'],
  principal: undefined,
  suspended: false,
};
const keys = { accessKeyId: 'ANN', secretAccessKey: 'right' };

let time: number;
let found: KeyHolder | undefined;
let sessions: Sessions;

beforeEach(() => {
  time = Date.UTC(2026, 0, 1);
  found = holder;
  sessions = createSessions({
    identity: { accessKey: () => found, session: () => found } as unknown as IdentityDirectory,
    sealer: createSealer([Buffer.alloc(32, 7)], 'sessions'),
    now: () => time,
  });
});

describe('a session', () => {
  it('ends when it is not used for a while, and goes on while it is', () => {
    let { cookie } = sessions.begin(keys);
    for (let use = 0; use < 5; use++) {
      time += idleMs - 1;
      cookie = sessions.open(cookie)!.renewed!;
    }
    time += idleMs;
    expect(sessions.open(cookie)).toBeUndefined();
  });

  it('ends at its time, however much it is used', () => {
    let { cookie } = sessions.begin(keys);
    const end = time + absoluteMs;
    while (time + idleMs / 2 < end) {
      time += idleMs / 2;
      cookie = sessions.open(cookie)!.renewed!;
    }
    expect(sessions.open(cookie)!.idleUntil).toBe(end);
    time = end;
    expect(sessions.open(cookie)).toBeUndefined();
  });

  it('ends with the keys that it was begun with', () => {
    const endsAt = time + 60_000;
    const { cookie } = sessions.begin({ ...keys, sessionToken: 'token' }, endsAt);
    expect(sessions.open(cookie)!.expiresAt).toBe(endsAt);
    time = endsAt;
    expect(sessions.open(cookie)).toBeUndefined();
  });

  it('ends when its key gets another secret, but not while both are good', () => {
    const { cookie } = sessions.begin(keys);
    found = { ...holder, secrets: ['newer', 'right'] };
    expect(sessions.open(cookie)).toBeDefined();
    found = { ...holder, secrets: ['newer'] };
    expect(sessions.open(cookie)).toBeUndefined();
  });

  it('ends while the namespace of its account is closed', () => {
    const { cookie } = sessions.begin(keys);
    found = { ...holder, suspended: true };
    expect(sessions.open(cookie)).toBeUndefined();
  });

  it('that was ended stays so, renewed or not', () => {
    const { cookie } = sessions.begin(keys);
    time += idleMs / 2;
    const opened = sessions.open(cookie)!;
    sessions.end(opened);
    expect(sessions.open(cookie)).toBeUndefined();
    expect(sessions.open(opened.renewed!)).toBeUndefined();
    expect(sessions.open(sessions.begin(keys).cookie)).toBeDefined();
  });

  it('begins with the right secret alone, and with none of a key that is not there', () => {
    expect(() => sessions.begin({ ...keys, secretAccessKey: 'wrong' })).toThrow(/another/);
    expect(() => sessions.begin({ ...keys, secretAccessKey: '' })).toThrow(/another/);
    found = undefined;
    expect(() => sessions.begin({ ...keys, secretAccessKey: '' })).toThrow(/another/);
  });

  it('is refused where it would not fit into a cookie', () => {
    expect(() => sessions.begin({ ...keys, sessionToken: 'x'.repeat(4000) })).toThrow(/too large/);
  });

  it('of another use of the master key is none', () => {
    const sealer = createSealer([Buffer.alloc(32, 7)], 'sessions');
    const { key, sealed } = sealer.seal('{}', 'session');
    expect(
      sessions.open(`${key}.${Buffer.from(sealed, 'base64').toString('base64url')}`),
    ).toBeUndefined();
  });
});
