/** A session with the admin API of the server of an alias, on its console port. */
import {
  AdminApiError,
  type AdminClient,
  type AnswerOf,
  createAdminClient,
  type InputOf,
  type RouteName,
} from '../../admin/client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { type Alias, localAlias } from '../alias/aliases.ts';
import { CommandError } from '../command-error.ts';
import { adminOperation } from '../explain.ts';
import { parseRemote } from '../location.ts';
import { inSession, type Session } from '../session.ts';

export interface AdminFlags {
  readonly alias?: string;
  readonly json?: boolean;
}

/** Of a list. */
type ItemOf<Name extends RouteName> =
  AnswerOf<Name> extends { readonly items: readonly (infer Item)[] } ? Item : never;

export interface AdminSession extends Session {
  /** @throws S3Error with the API's code */
  readonly call: AdminClient['call'];
  /** All pages of a list. */
  all<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<ItemOf<Name>[]>;
}

const consolePort = '9001';

/** Gives the exit code. */
export const withAdmin = (
  flags: AdminFlags,
  // biome-ignore lint/suspicious/noConfusingVoidType: commands that have nothing to say
  work: (session: AdminSession) => Promise<number | void>,
): Promise<number> =>
  inSession(flags, async (session) => work(await adminSession(session, flags.alias)));

/** @param named an alias; the default one if undefined */
async function adminSession(session: Session, named: string | undefined): Promise<AdminSession> {
  const name = named === undefined ? undefined : parseRemote(named).alias;
  const client = session.connect(name);
  const endpoint = consoleOf(session.aliasOf(name), client.locate().origin);
  const scope = await client.scope();
  if (scope === undefined) {
    throw new S3Error('MissingCredentials', 'The admin API takes no unsigned requests');
  }
  const { credentials, region } = scope;
  const api = createAdminClient({ endpoint, credentials, region, signal: session.signal });
  const call: AdminClient['call'] = async (route, input) => {
    try {
      return await api.call(route, input);
    } catch (cause) {
      if (!(cause instanceof AdminApiError)) throw cause;
      const { code, message, status, requestId } = cause;
      const operation = `${adminOperation}${route}`;
      throw new S3Error(code, message, { status, requestId, operation, cause });
    }
  };
  return {
    ...session,
    call,
    async all(route, input) {
      const items: ItemOf<typeof route>[] = [];
      let after: string | undefined;
      do {
        const page = (await call(route, { ...(input as object), after } as typeof input)) as {
          readonly items: readonly ItemOf<typeof route>[];
          readonly next?: string;
        };
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
  };
}

/** The alias's own, else port 9001 of the host that has the S3 API. */
export function consoleOf(
  { name, consoleUrl }: Pick<Alias, 'name' | 'consoleUrl'>,
  { hostname, secure }: { readonly hostname: string; readonly secure: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (consoleUrl !== undefined) return consoleUrl;
  if (hostname.endsWith('.amazonaws.com')) {
    throw new CommandError(
      `${name} is AWS, which has no admin API of Kist's: name a Kist server with --alias.`,
    );
  }
  const given = name === localAlias ? env.KIST_CONSOLE_PORT : undefined;
  const port = given && /^\d{1,5}$/.test(given) ? given : consolePort;
  return `${secure ? 'https' : 'http'}://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${port}`;
}
