/** Limits as they are shown and as they are given: schemas say undefined for what the records leave out. */
import type { NamespaceDefaults } from '../../identity/records.ts';
import type { AddressRule, Quota, RateLimit } from '../../limits/shapes.ts';
import type { QuotaState } from '../../store/quotas.ts';
import { AdminError } from '../errors.ts';

type Loose<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

export function quotaShape(state: QuotaState | undefined) {
  if (state === undefined) return {};
  const { bytes, objects } = state.used;
  return { quota: { ...state.quota, used: { bytes, objects }, exact: state.exact } };
}

export function limitsShape({ rate, addresses }: RequestLimits = {}) {
  return {
    ...(rate !== undefined && { rate }),
    ...(addresses !== undefined && addresses !== 'public' && { addresses: shownRule(addresses) }),
  };
}

interface RequestLimits {
  readonly rate?: RateLimit | undefined;
  readonly addresses?: AddressRule | undefined;
}

const shownRule = (rule: AddressRule) => (typeof rule === 'string' ? rule : [...rule]);

/** Without what is not there. @throws AdminError InvalidRequest for nothing at all */
function given<T extends object>(fields: Loose<T>): T {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (there.length > 0) return Object.fromEntries(there) as T;
  throw new AdminError('InvalidRequest', 'Nothing is given: to take it away, DELETE it.');
}

export const quotaOf = ({ maxBytes, maxObjects }: Loose<Quota>): Quota =>
  given<Quota>({ maxBytes, maxObjects });

export const rateOf = ({ requestsPerSecond, bytesPerSecond }: Loose<RateLimit>): RateLimit =>
  given<RateLimit>({ requestsPerSecond, bytesPerSecond });

export interface GivenDefaults {
  readonly encryption?:
    | { readonly algorithm: 'AES256' | 'aws:kms'; readonly keyId?: string | undefined }
    | undefined;
  readonly publicAccessBlock?: boolean | undefined;
  readonly objectOwnership?: NamespaceDefaults['objectOwnership'] | undefined;
}

export function defaultsOf(fields: GivenDefaults): NamespaceDefaults {
  const { encryption, publicAccessBlock, objectOwnership } = fields;
  return given<NamespaceDefaults>({
    encryption: encryption && given<NonNullable<NamespaceDefaults['encryption']>>(encryption),
    publicAccessBlock,
    objectOwnership,
  });
}
