/** Names for completion that the admin API tells: namespaces, accounts, jobs. */
import { createAdminClient } from '../../admin/client.ts';
import { createClient } from '../../client/index.ts';
import { consoleOf } from '../admin/admin-session.ts';
import { defaultAliasName, findAlias } from '../alias/aliases.ts';

/** More than anybody would look through. */
const maxNames = 200;

/** @throws whatever stands in the way */
export async function adminNames(
  kind: 'namespace' | 'account' | 'job',
  named: string | undefined,
  timeoutMs: number,
): Promise<readonly string[]> {
  const alias = findAlias(named ?? defaultAliasName(process.env), process.env);
  const client = createClient({ ...alias.client, maxAttempts: 1 });
  try {
    const scope = await client.scope();
    if (scope === undefined) return [];
    const { credentials, region } = scope;
    const endpoint = consoleOf(alias, client.locate().origin);
    const { call } = createAdminClient({ endpoint, credentials, region, timeoutMs });
    if (kind === 'job') return (await call('listJobs', {})).items.map(({ name }) => name);
    const limit = maxNames;
    return kind === 'namespace'
      ? (await call('listNamespaces', { limit })).items.map(({ name }) => name)
      : (await call('listAccounts', { limit })).items.map(({ accountId }) => accountId);
  } finally {
    client.close();
  }
}
