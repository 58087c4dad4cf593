/** A session with IAM and STS on the server of an alias. */
import {
  createQueryClient,
  type QueryClient,
  type QueryName,
} from '../../client/node/query-client.ts';
import { S3Error } from '../../client/s3-error.ts';
import type { IamTypes } from '../../model/iam.gen.ts';
import { CommandError } from '../command-error.ts';
import { parseRemote } from '../location.ts';
import { inSession, type Session } from '../session.ts';

export interface IdentityFlags {
  readonly alias?: string;
  readonly json?: boolean;
}

export interface IdentitySession extends Session {
  readonly iam: QueryClient;
  /** All pages of a list. @param member what the pages hold it as */
  all<Item>(name: QueryName & keyof IamTypes, member: string, input?: object): Promise<Item[]>;
}

/** Gives the exit code. */
export const withIdentity = (
  flags: IdentityFlags,
  // biome-ignore lint/suspicious/noConfusingVoidType: commands that have nothing to say
  work: (session: IdentitySession) => Promise<number | void>,
): Promise<number> =>
  inSession(flags, async (session) => {
    // A trailing slash, as places have it, does no harm.
    const name = flags.alias === undefined ? undefined : parseRemote(flags.alias).alias;
    const identity = openIdentity(session, name);
    try {
      return await work(identity);
    } finally {
      identity.iam.close();
    }
  });

/** With IAM and STS on the server of an alias, the default one if undefined; whoever opens it closes `iam`. */
export function openIdentity(session: Session, name: string | undefined): IdentitySession {
  const endpoints =
    session.aliasOf(name).kind === 'environment'
      ? { iam: process.env.AWS_ENDPOINT_URL_IAM, sts: process.env.AWS_ENDPOINT_URL_STS }
      : {};
  const iam = createQueryClient(session.connect(name), { endpoints, signal: session.signal });
  const all = async <Item>(
    operation: QueryName & keyof IamTypes,
    member: string,
    input: object = {},
  ): Promise<Item[]> => {
    const items: Item[] = [];
    let Marker: string | undefined;
    do {
      const page = (await iam.call(operation, { ...input, Marker } as never)) as {
        readonly IsTruncated?: boolean;
        readonly Marker?: string;
      } & Readonly<Record<string, unknown>>;
      items.push(...((page[member] as Item[] | undefined) ?? []));
      if (page.IsTruncated && (!page.Marker || page.Marker === Marker)) {
        throw new S3Error('MalformedResponse', `${operation}: the list does not go on`);
      }
      Marker = page.IsTruncated ? page.Marker : undefined;
    } while (Marker !== undefined);
    return items;
  };
  return { ...session, iam, all };
}

interface PolicyLine {
  readonly PolicyName?: string;
  readonly Arn?: string;
}

/** An ARN, or the name of a policy of one's own, else of a ready-made one. */
export async function policyArn({ all }: IdentitySession, named: string): Promise<string> {
  if (named.startsWith('arn:')) return named;
  for (const Scope of ['Local', 'AWS']) {
    const policies = await all<PolicyLine>('ListPolicies', 'Policies', { Scope });
    const arn = policies.find(({ PolicyName }) => PolicyName === named)?.Arn;
    if (arn !== undefined) return arn;
  }
  throw new CommandError(
    `There is no policy ${named}; "kist policy list --all" shows those there are.`,
  );
}

/** Documents travel percent-encoded in IAM's answers. */
export function documentText(encoded: string): string {
  let text = encoded;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    // It was plain.
  }
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
