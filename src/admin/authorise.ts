/**
 * Who may: the server's root everything; an account what is its own; and who acts for either, what policies of their
 * own allow besides. There is nothing that one account could give another here.
 */
import type { About, Signer } from '../iam/authorise.ts';
import { decideIdentity } from '../policy/decide-identity.ts';
import type { KistAction } from '../policy/language/kist-actions.ts';
import { AdminError } from './errors.ts';

export interface KnownSigner {
  readonly signer: Signer;
  /** What policies are asked about the request. */
  readonly about: About;
}

/** Whose something is: the server's, or an account's, or a namespace's, whose accounts may look at it. */
export type Belonging =
  | 'server'
  | { readonly namespace: string }
  | { readonly accountId: string }
  /** It is asked for in the asker's own name. */
  | 'asker';

/** Resources in policies: `arn:aws:kist:::namespace/acme`. */
export const arns = {
  server: 'arn:aws:kist:::server',
  audit: 'arn:aws:kist:::audit',
  job: (name: string) => `arn:aws:kist:::job/${name}`,
  namespace: (name: string) => `arn:aws:kist:::namespace/${name}`,
  account: (accountId: string) => `arn:aws:kist:::account/${accountId}`,
  key: (accessKeyId: string) => `arn:aws:kist:::key/${accessKeyId}`,
  bucket: (namespace: string, name: string) => `arn:aws:kist:::bucket/${namespace}/${name}`,
} as const;

/** @throws AdminError AccessDenied, whether or not there is such a thing */
export function authorise(
  { signer, about }: KnownSigner,
  action: KistAction,
  resource: string,
  belonging: Belonging,
): void {
  const reason = strangerTo(signer, belonging) ?? whyNot(signer, about, action, resource);
  if (reason === undefined) return;
  throw new AdminError('AccessDenied', `You may not ${action} on ${resource}.`, { reason });
}

export const isRoot = ({ signer }: KnownSigner): boolean => signer.account.root;

function strangerTo({ account }: Signer, belonging: Belonging): string | undefined {
  if (account.root || belonging === 'asker') return undefined;
  if (belonging === 'server') return "it is for the server's root";
  if ('namespace' in belonging) {
    return belonging.namespace === account.namespace ? undefined : 'it is of another namespace';
  }
  return belonging.accountId === account.accountId ? undefined : 'it is of another account';
}

function whyNot(
  signer: Signer,
  about: About,
  action: KistAction,
  resource: string,
): string | undefined {
  const { allowed, reason } = decideIdentity(signer, about(action, resource));
  return allowed ? undefined : reason;
}
