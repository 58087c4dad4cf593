/** `kist namespace`: tenants. */
import type { AnswerOf } from '../../admin/client.ts';
import { inBytes } from '../byte-amounts.ts';
import { usageError } from '../command-error.ts';
import { type KeepFlags, keepSecret, prepareToKeep } from '../identity/keep-secret.ts';
import type { YesFlag } from './admin-options.ts';
import { type AdminFlags, type AdminSession, withAdmin } from './admin-session.ts';
import { confirm } from './confirm.ts';
import { addressFacts, quotaFacts, rateFacts } from './limits.ts';
import { tellNewAccount } from './new-account.ts';
import { tellList, tellOne } from './tell.ts';

/** Gives the exit code, as all of these do. */
export const listNamespaces = (flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ all, out }) => {
    tellList(out, 'namespace', await all('listNamespaces', {}), {
      NAMESPACE: ({ name }) => name,
      NAME: ({ displayName }) => displayName,
      ACCOUNTS: ({ accounts }) => accounts,
      STATE: ({ suspended }) => (suspended ? 'suspended' : 'active'),
      CREATED: ({ createdAt }) => createdAt?.slice(0, 10),
    });
  });

export interface QuotaFlags {
  readonly maxBytes?: number;
  readonly maxObjects?: number;
}

export interface CreateNamespaceFlags extends AdminFlags, QuotaFlags, Omit<KeepFlags, 'alias'> {
  readonly displayName?: string;
  readonly email?: string;
}

/** With an account and its key, whose secret is told once. */
export const createNamespace = (name: string, flags: CreateNamespaceFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { call, out } = session;
    const { displayName, email, maxBytes, maxObjects } = flags;
    prepareToKeep(flags);
    const account = { displayName, email };
    const { accessKey, ...made } = await call('createNamespace', { name, displayName, account });
    const kept = keepSecret(session, flags, accessKey);
    // At once: whatever fails after this, the secret isn't lost.
    tellNewAccount(out, 'namespace', { ...made, accessKey }, kept, `the namespace ${name}`);
    if (maxBytes === undefined && maxObjects === undefined) return;
    await call('putNamespaceQuota', { namespace: name, maxBytes, maxObjects });
  });

export const showNamespace = (name: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const found = await call('getNamespace', { namespace: name });
    tellOne(out, 'namespace', found, name, namespaceFacts(found));
  });

const namespaceFacts = (found: AnswerOf<'getNamespace'>) => ({
  name: found.displayName,
  state: found.suspended ? 'suspended' : 'active',
  created: found.createdAt,
  accounts: found.accounts,
  buckets: found.buckets,
  ...usageFacts(found.usage),
  account: found.accountId,
  ...quotaFacts(found.quota),
  ...rateFacts(found.rate),
  ...addressFacts(found.addresses),
  ...defaultFacts(found.defaults),
});

/** What people read of what is held. */
const usageFacts = (usage: AnswerOf<'getNamespace'>['usage']) => ({
  objects: usage.objects,
  size: inBytes(usage.bytes),
  'older versions':
    usage.noncurrentVersions > 0
      ? `${usage.noncurrentVersions}, ${inBytes(usage.noncurrentBytes)}`
      : undefined,
  uploads: usage.uploads > 0 ? `${usage.uploads}, ${inBytes(usage.partBytes)}` : undefined,
});

type Defaults = NonNullable<AnswerOf<'getNamespace'>['defaults']>;

/** Of new buckets. */
function defaultFacts(defaults: Defaults | undefined): Readonly<Record<string, unknown>> {
  const { encryption, publicAccessBlock, objectOwnership } = defaults ?? {};
  return {
    'default encryption':
      encryption && [encryption.algorithm, encryption.keyId].filter(Boolean).join(' '),
    'default public access block':
      publicAccessBlock === undefined ? undefined : publicAccessBlock ? 'on' : 'off',
    'default object ownership': objectOwnership,
  };
}

export const renameNamespace = (
  namespace: string,
  displayName: string,
  flags: AdminFlags,
): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    await call('renameNamespace', { namespace, displayName });
    out.record(
      { type: 'namespace', name: namespace, displayName },
      `The namespace ${namespace} is called ${displayName} now.`,
    );
  });

export const suspendNamespace = (namespace: string, flags: AdminFlags & YesFlag): Promise<number> =>
  withAdmin(flags, async ({ call, out, signal }) => {
    const what = `Suspend the namespace ${namespace}, so that all its keys are refused`;
    await confirm(what, flags.yes, signal);
    await call('suspendNamespace', { namespace });
    out.record(
      { type: 'namespace', name: namespace, suspended: true },
      `Suspended the namespace ${namespace}; "kist namespace resume ${namespace}" opens it again.`,
    );
  });

export const resumeNamespace = (namespace: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    await call('resumeNamespace', { namespace });
    out.record(
      { type: 'namespace', name: namespace, suspended: false },
      `Opened the namespace ${namespace} again.`,
    );
  });

export interface DefaultsFlags extends AdminFlags {
  readonly encryption?: 'AES256' | 'aws:kms';
  readonly kmsKeyId?: string;
  readonly publicAccessBlock?: 'on' | 'off';
  readonly objectOwnership?: Exclude<Defaults['objectOwnership'], undefined>;
}

/** All of them anew: what isn't said is as the server gives it. */
export const setDefaults = (namespace: string, flags: DefaultsFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { encryption: algorithm, kmsKeyId: keyId, publicAccessBlock, objectOwnership } = flags;
    if (keyId !== undefined && algorithm !== 'aws:kms') {
      throw usageError('--kms-key-id is the key of --encryption aws:kms: say both.');
    }
    const defaults: Defaults = {
      ...(algorithm && { encryption: { algorithm, ...(keyId && { keyId }) } }),
      ...(publicAccessBlock && { publicAccessBlock: publicAccessBlock === 'on' }),
      ...(objectOwnership && { objectOwnership }),
    };
    if (Object.keys(defaults).length === 0) {
      throw usageError(
        `There is nothing to set. "kist namespace defaults remove ${namespace}" takes all away.`,
      );
    }
    await session.call('putNamespaceDefaults', { namespace, ...defaults });
    await tellDefaults(session, namespace);
  });

export const removeDefaults = (namespace: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    await session.call('deleteNamespaceDefaults', { namespace });
    await tellDefaults(session, namespace);
  });

export const showDefaults = (namespace: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, (session) => tellDefaults(session, namespace));

async function tellDefaults({ call, out }: AdminSession, namespace: string): Promise<void> {
  const { defaults } = await call('getNamespace', { namespace });
  const facts = defaultFacts(defaults);
  const isSet = Object.values(facts).some((fact) => fact !== undefined);
  const told = isSet ? facts : { defaults: 'as the server gives' };
  tellOne(out, 'defaults', { namespace, ...defaults }, namespace, told);
}

export const deleteNamespace = (name: string, flags: AdminFlags & YesFlag): Promise<number> =>
  withAdmin(flags, async ({ call, out, signal }) => {
    await confirm(`Delete the namespace ${name} and its first account`, flags.yes, signal);
    await call('deleteNamespace', { namespace: name });
    out.record({ type: 'namespace', name, isDeleted: true }, `Deleted the namespace ${name}.`);
  });
