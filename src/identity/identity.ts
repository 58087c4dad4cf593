/**
 * Who is asking: accounts, their access keys, and the namespaces they live in.
 *
 * An account's id is its canonical id: it stands in owners and grants, and is unique on the server.
 */

export interface Account {
  readonly accountId: string;
  readonly namespace: string;
  readonly displayName: string;
  readonly email: string | undefined;
  /** The server's own administrator: no ACL stands in its way. */
  readonly root: boolean;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
}

/** The one who makes a request, as authentication found them. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'account'; readonly account: Account; readonly accessKeyId: string };

export interface IdentityDirectory {
  accessKey(
    accessKeyId: string,
  ): { readonly key: AccessKey; readonly account: Account } | undefined;
  accountById(accountId: string): Account | undefined;
  /** Case-insensitive; undefined if nobody has the address. */
  accountByEmail(email: string): Account | undefined;
  hasNamespace(name: string): boolean;
}

/** Where requests go that name no namespace and carry no key. */
export const defaultNamespace = 'default';
