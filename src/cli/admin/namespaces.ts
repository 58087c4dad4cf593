/** `kist namespace`: tenants. */
import type { AnswerOf } from '../../admin/client.ts';
import { inBytes } from '../byte-amounts.ts';
import type { YesFlag } from './admin-options.ts';
import { type AdminFlags, withAdmin } from './admin-session.ts';
import { confirm } from './confirm.ts';
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

export interface CreateNamespaceFlags extends AdminFlags {
  readonly displayName?: string;
}

export const createNamespace = (name: string, flags: CreateNamespaceFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const { displayName } = flags;
    const made = await call('createNamespace', { name, displayName });
    out.record(
      { type: 'namespace', ...made },
      `Made the namespace ${name}. "kist account create NAME --namespace ${name}" gives it an account.`,
    );
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
});

/** What people read of what is held. */
export const usageFacts = (usage: AnswerOf<'getNamespace'>['usage']) => ({
  objects: usage.objects,
  size: inBytes(usage.bytes),
  'older versions':
    usage.noncurrentVersions > 0
      ? `${usage.noncurrentVersions}, ${inBytes(usage.noncurrentBytes)}`
      : undefined,
  uploads: usage.uploads > 0 ? `${usage.uploads}, ${inBytes(usage.partBytes)}` : undefined,
});

export const deleteNamespace = (name: string, flags: AdminFlags & YesFlag): Promise<number> =>
  withAdmin(flags, async ({ call, out, signal }) => {
    await confirm(`Delete the namespace ${name}`, flags.yes, signal);
    await call('deleteNamespace', { namespace: name });
    out.record({ type: 'namespace', name, isDeleted: true }, `Deleted the namespace ${name}.`);
  });
