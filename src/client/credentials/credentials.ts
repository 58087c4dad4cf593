/** Keys that requests are signed with, and where they come from. */

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end, if they do. */
  readonly expiration?: Date | undefined;
}

/** Asked before every request; keep what is expensive to find (`refreshing`). */
export type CredentialProvider = () => Credentials | Promise<Credentials>;
