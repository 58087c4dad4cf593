/** Whether the server of an alias answers, and what the key may see. */
import { S3Error } from '../../client/s3-error.ts';
import { inSession } from '../session.ts';

/** Gives the exit code. */
export const testAlias = (
  name: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> =>
  inSession(flags, async ({ out, connect, aliasOf, signal }) => {
    const client = connect(name);
    const alias = aliasOf(name);
    const endpoint = originOf(client.locate().origin);
    try {
      const { Buckets = [], Owner } = await client.listBuckets({}, { signal });
      out.record(
        { type: 'test', alias: alias.name, endpoint, buckets: Buckets.length, owner: Owner?.ID },
        `${alias.name}: ${endpoint} answers and knows the key; ${Buckets.length} buckets.`,
      );
    } catch (error) {
      // A key that is known, and may not list buckets, is a good key.
      const isKnown = error instanceof S3Error && error.code === 'AccessDenied';
      if (!isKnown || client.config.credentials === null) throw error;
      out.record(
        { type: 'test', alias: alias.name, endpoint },
        `${alias.name}: ${endpoint} answers and knows the key, which may not list buckets.`,
      );
    }
  });

const originOf = ({ secure, host }: { readonly secure: boolean; readonly host: string }): string =>
  `${secure ? 'https' : 'http'}://${host}`;
