/** Somebody of the server's root acts for another account, as that account itself. */
import type { Signer } from '../iam/authorise.ts';
import type { Snapshot } from '../identity/snapshot.ts';
import type { Ask } from './ask.ts';
import { arns, authorise } from './authorise.ts';
import { notFound } from './errors.ts';

/** @throws AdminError AccessDenied, NotFound */
export function actingFor(ask: Ask, accountId: string, { accounts }: Snapshot): Signer {
  authorise(ask, 'kist:ActForAccount', arns.account(accountId), 'server');
  const account = accounts.get(accountId);
  if (account === undefined) throw notFound('account', accountId);
  return { kind: 'account', account, accessKeyId: ask.signer.accessKeyId };
}
