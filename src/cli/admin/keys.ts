/** `kist key rotate`, `info` and `expires`, where a server is to do it. */
import { CommandError } from '../command-error.ts';
import { type KeepFlags, keepSecret, prepareToKeep } from '../identity/keep-secret.ts';
import { type AdminFlags, withAdmin } from './admin-session.ts';
import { rateFacts } from './limits.ts';
import { tellOne } from './tell.ts';

export interface RotateFlags extends AdminFlags {
  readonly graceMs: number;
  readonly secretFile?: string | undefined;
}

/** Gives the exit code, as all of these do. */
export const rotateOverNetwork = (
  accessKeyId: string,
  { graceMs, secretFile, ...flags }: RotateFlags,
): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { call, out } = session;
    const keep: KeepFlags = secretFile === undefined ? {} : { secretFile };
    prepareToKeep(keep);
    const graceSeconds = Math.round(graceMs / 1000);
    const key = await call('rotateKey', { accessKeyId, graceSeconds });
    const { secretAccessKey, previousSecretUntil } = key;
    const kept = keepSecret(session, keep, key);
    if (out.json) {
      const told = kept === undefined ? { secretAccessKey } : {};
      out.record({ type: 'key', accessKeyId, previousSecretUntil, ...told });
      return;
    }
    out.document(
      `Access key id      ${accessKeyId}\nSecret access key  ${
        kept === undefined ? secretAccessKey : `in ${kept}`
      }\nThe secret before is good until ${previousSecretUntil}. This one is not told again.`,
    );
  });

export const showKey = (accessKeyId: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const key = await call('getKey', { accessKeyId });
    const { account, user, active, configured, createdAt, expiresAt, rate } = key;
    tellOne(out, 'key', key, accessKeyId, {
      account,
      user,
      state: active ? 'active' : 'inactive',
      created: createdAt,
      expires: expiresAt ?? 'never',
      'secret before': key.previousSecretUntil && `good until ${key.previousSecretUntil}`,
      ...rateFacts(rate),
      'made by': configured ? 'settings' : undefined,
    });
  });

/** @param when undefined: never */
export const setKeyExpiry = (
  accessKeyId: string,
  when: Date | undefined,
  flags: AdminFlags,
): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    if (when === undefined) await call('deleteKeyExpiry', { accessKeyId });
    else await call('putKeyExpiry', { accessKeyId, expiresAt: when.toISOString() });
    const expiresAt = when?.toISOString();
    out.record(
      { type: 'key', accessKeyId, expiresAt },
      expiresAt === undefined
        ? `The key ${accessKeyId} does not expire any more.`
        : `The key ${accessKeyId} expires at ${expiresAt}.`,
    );
  });

/** Of a key that is new, and is not to be had without it. @param discard takes the key back */
export async function expireNewKey(
  accessKeyId: string,
  expiresAt: string,
  flags: Pick<AdminFlags, 'alias'>,
  discard: () => Promise<unknown>,
): Promise<void> {
  try {
    await withAdmin(flags, ({ call }) => call('putKeyExpiry', { accessKeyId, expiresAt }));
  } catch (cause) {
    await discard();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(
      `No key was made, as its end could not be set. ${why}`,
      undefined,
      cause,
    );
  }
}
