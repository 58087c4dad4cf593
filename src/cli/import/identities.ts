/** Users, groups, roles and policies of an account, wherever they were read. */

/** A document as text. */
export type Documents = Readonly<Record<string, string>>;

export interface PolicyFound {
  readonly name: string;
  readonly path: string;
  readonly description?: string | undefined;
  readonly document: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Holder {
  readonly name: string;
  readonly path: string;
  /** ARNs of the source, or names of its policies. */
  readonly attached: readonly string[];
  readonly inline: Documents;
}

export type GroupFound = Holder;

export interface UserFound extends Holder {
  readonly groups: readonly string[];
  readonly boundary?: string | undefined;
  readonly tags: readonly Tag[];
  /** Ids of the keys that are in use. */
  readonly activeKeys: readonly string[];
}

export interface RoleFound extends Holder {
  readonly trust: string;
  readonly description?: string | undefined;
  readonly maxSessionSeconds?: number | undefined;
  readonly boundary?: string | undefined;
  readonly tags: readonly Tag[];
}

export interface Identities {
  readonly policies: readonly PolicyFound[];
  readonly groups: readonly GroupFound[];
  readonly users: readonly UserFound[];
  readonly roles: readonly RoleFound[];
}
