/**
 * What keeps a request out or makes it wait, whoever may do what: a namespace that is suspended, lists of addresses, and
 * rates. Addresses are asked about before anything is told of a bucket; rates are taken from once a request is allowed,
 * so that nobody uses up what is somebody else's.
 */
import type { Caller, IdentityDirectory } from '../identity/identity.ts';
import type { NamespaceRecord } from '../identity/records.ts';
import { letsIn, networkOf } from '../limits/addresses.ts';
import type { RatedScope, RateKeeper } from '../limits/rate-keeper.ts';
import type { AddressRule } from '../limits/shapes.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Bucket } from '../store/records.ts';
import type { Exchange } from './exchange.ts';

/** As a `RateKeeper`, which may be in another process. */
export interface Rates extends Pick<RateKeeper, 'spend'> {
  take(scopes: readonly RatedScope[], bytes: number): number | Promise<number>;
}

export interface ScreenDeps {
  readonly identity: IdentityDirectory;
  readonly rates: Rates;
  /** Of requests without a key, for each address; 0 is no limit. */
  readonly anonymousRequestsPerSecond: number;
}

export interface Screen {
  /** Once it is known who asks, and in which namespace. @throws S3Error AllAccessDisabled, AccessDenied */
  enter(exchange: Exchange, namespace: string, caller: Caller): void;
  /** Takes the request from all rates that hold for it. @throws S3Error SlowDown */
  admit(
    exchange: Exchange,
    namespace: string,
    caller: Caller,
    bucket?: Bucket,
  ): void | Promise<void>;
  /** Takes what only the end tells: the bytes that were sent, and those that came. */
  ended(exchange: Exchange): void;
}

/** @throws S3Error AccessDenied for a request from an address that the bucket's list keeps out */
export function enterBucket(exchange: Exchange, { limits, name }: Bucket): void {
  if (limits?.addresses === undefined) return;
  assertLetIn(limits.addresses, exchange, `bucket ${name}`);
}

function assertLetIn(rule: AddressRule, exchange: Exchange, where: string): void {
  const reason = keptOut(rule, exchange.clientAddress, where);
  if (reason === undefined) return;
  exchange.reason = reason;
  throw new S3Error('AccessDenied');
}

/** Why, if it is. @param where `bucket photos` */
export const keptOut = (
  rule: AddressRule,
  address: string | undefined,
  where: string,
): string | undefined =>
  letsIn(rule, address)
    ? undefined
    : `${where} lets no requests in from ${address ?? 'an unknown address'}`;

function assertOpen(restrictions: NamespaceRecord | undefined, exchange: Exchange): void {
  if (restrictions === undefined) return;
  const { name, suspended, addresses } = restrictions;
  if (suspended) {
    exchange.reason = `namespace ${name} is suspended`;
    throw new S3Error('AllAccessDisabled');
  }
  if (addresses !== undefined) assertLetIn(addresses, exchange, `namespace ${name}`);
}

export function createScreen(deps: ScreenDeps): Screen {
  const { identity, rates, anonymousRequestsPerSecond } = deps;
  const anonymousLimit = { requestsPerSecond: anonymousRequestsPerSecond };

  function scopesOf(
    exchange: Exchange,
    namespace: string,
    caller: Caller,
    bucket: Bucket | undefined,
  ): readonly RatedScope[] {
    const scopes: RatedScope[] = [];
    if (caller.kind === 'account') {
      if (caller.rate !== undefined) scopes.push(caller.rate);
    } else if (anonymousRequestsPerSecond > 0) {
      const id = `address/${networkOf(exchange.clientAddress)}`;
      scopes.push({ id, limit: anonymousLimit });
    }
    const ofNamespace = identity.restrictions(namespace)?.rate;
    if (ofNamespace !== undefined) {
      scopes.push({ id: `namespace/${namespace}`, limit: ofNamespace });
    }
    const ofBucket = bucket?.limits?.rate;
    if (ofBucket !== undefined) scopes.push({ id: `bucket/${bucket!.id}`, limit: ofBucket });
    return scopes;
  }

  function settle(exchange: Exchange, waitMs: number, bytes: number): void {
    if (waitMs === 0) {
      exchange.takenBytes = bytes;
      return;
    }
    exchange.rated = undefined;
    exchange.reason = 'the rate of its key, bucket, namespace or address is used up';
    throw new S3Error('SlowDown', {
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
    });
  }

  /** Most requests have none, and find out by reading a few fields. */
  const mayBeRated = (namespace: string, caller: Caller, bucket: Bucket | undefined): boolean =>
    bucket?.limits !== undefined ||
    (caller.kind === 'account' ? caller.rate !== undefined : anonymousRequestsPerSecond > 0) ||
    identity.restrictions(namespace) !== undefined;

  return {
    enter(exchange, namespace, caller) {
      // A signature's key was looked up, which looks for changes.
      if (caller.kind === 'anonymous') identity.keepFresh();
      assertOpen(identity.restrictions(namespace), exchange);
      if (caller.kind === 'account' && caller.account.namespace !== namespace) {
        assertOpen(identity.restrictions(caller.account.namespace), exchange);
      }
    },

    admit(exchange, namespace, caller, bucket) {
      if (!mayBeRated(namespace, caller, bucket)) return;
      const scopes = scopesOf(exchange, namespace, caller, bucket);
      if (scopes.length === 0) return;
      exchange.rated = scopes;
      const bytes = Number(exchange.headers?.['content-length'] ?? 0);
      const wait = rates.take(scopes, bytes);
      if (!(wait instanceof Promise)) return settle(exchange, wait, bytes);
      return wait.then((ms) => settle(exchange, ms, bytes));
    },

    ended({ rated, takenBytes, body, bytesOut }) {
      if (rated === undefined) return;
      const bytes = (body?.receivedBytes ?? 0) + bytesOut - takenBytes;
      if (bytes !== 0) rates.spend(rated, bytes);
    },
  };
}
