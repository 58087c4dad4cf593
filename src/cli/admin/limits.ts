/** `kist quota`, `rate` and `addresses`: what buckets, accounts, namespaces and keys are held to. */
import type { AnswerOf, InputOf, RouteName } from '../../admin/client.ts';
import { inBytes } from '../byte-amounts.ts';
import { usageError } from '../command-error.ts';
import { type AdminFlags, type AdminSession, withAdmin } from './admin-session.ts';
import { type Limit, type Scope, scopes } from './limit-scopes.ts';
import { tellOne } from './tell.ts';

type Held = Pick<AnswerOf<'getBucket'>, 'quota' | 'rate' | 'addresses'>;

export interface Target {
  readonly limit: Limit;
  readonly scope: Scope;
  readonly name: string;
}

export interface LimitFlags extends AdminFlags {
  /** Of a bucket. */
  readonly namespace?: string;
}

function fieldsOf({ scope, name }: Target, { namespace }: LimitFlags): object {
  if (scope !== 'bucket' && namespace !== undefined) {
    throw usageError('--namespace says where a bucket is; there is nothing else that it is for.');
  }
  if (scope === 'bucket') return { bucket: name, ...(namespace !== undefined && { namespace }) };
  return scope === 'key' ? { accessKeyId: name } : { [scope]: name };
}

type Route = readonly [put: RouteName, remove: RouteName];
const routesOf = ({ scope, limit }: Target): Route =>
  (scopes[scope] as Readonly<Partial<Record<Limit, Route>>>)[limit]!;

/** @param values what is left out has no limit. Gives the exit code, as all of these do. */
export const setLimit = (target: Target, values: object, flags: LimitFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const fields = fieldsOf(target, flags);
    const [put] = routesOf(target);
    await session.call(put, { ...fields, ...values } as InputOf<typeof put>);
    await tell(session, target, fields);
  });

export const removeLimit = (target: Target, flags: LimitFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const fields = fieldsOf(target, flags);
    const [, remove] = routesOf(target);
    await session.call(remove, fields as InputOf<typeof remove>);
    await tell(session, target, fields);
  });

export const showLimit = (target: Target, flags: LimitFlags): Promise<number> =>
  withAdmin(flags, async (session) => tell(session, target, fieldsOf(target, flags)));

async function tell({ call, out }: AdminSession, target: Target, fields: object): Promise<void> {
  const { limit, scope, name } = target;
  const route = scopes[scope].get;
  const held = (await call(route, fields as InputOf<typeof route>)) as Held;
  const value = limit === 'addresses' ? { addresses: held.addresses ?? 'public' } : held[limit];
  const facts = {
    quota: () => quotaFacts(held.quota),
    rate: () => rateFacts(held.rate),
    addresses: () => addressFacts(held.addresses ?? 'public'),
  }[limit]();
  const told = Object.values(facts).some((fact) => fact !== undefined)
    ? facts
    : { [limit]: 'no limit' };
  tellOne(out, limit, { ...fields, ...value }, `${scope} ${name}`, told);
}

/** What people read of a quota. */
export const quotaFacts = (quota: Held['quota']): Readonly<Record<string, unknown>> =>
  quota === undefined
    ? {}
    : {
        'size held': ofMost(quota.used.bytes, quota.maxBytes, inBytes),
        'objects held': ofMost(quota.used.objects, quota.maxObjects, String),
        counted: quota.exact ? undefined : 'not all yet',
      };

const ofMost = (
  used: number,
  most: number | undefined,
  text: (amount: number) => string,
): string | undefined => (most === undefined ? undefined : `${text(used)} of ${text(most)}`);

export const rateFacts = (rate: Held['rate']): Readonly<Record<string, unknown>> => ({
  requests: rate?.requestsPerSecond && `${rate.requestsPerSecond} a second`,
  bytes: rate?.bytesPerSecond && `${inBytes(rate.bytesPerSecond)} a second`,
});

export const addressFacts = (addresses: Held['addresses']): Readonly<Record<string, unknown>> => ({
  'requests from': addresses && wordsFor(addresses),
});

const wordsFor = (addresses: NonNullable<Held['addresses']>): string =>
  addresses === 'public'
    ? 'everywhere'
    : addresses === 'private'
      ? 'private networks'
      : addresses.join(', ');
