/** The admin API's own client, each of its answers held against the contract: nothing is missing, and nothing more. */
import { AdminApiError, type AdminClient, createAdminClient } from '../../src/admin/client.ts';
import { contract } from '../../src/admin/contract.ts';
import type { RouteName } from '../../src/admin/routes.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const root: Keys = {
  accessKeyId: 'KISTTESTROOT00000000',
  secretAccessKey: 'rootSecretKey000000000000000000000000000',
};

/** Routes whose answers were seen. */
export const seen = new Set<RouteName>();

export function adminClient(
  consolePort: number,
  { accessKeyId, secretAccessKey, sessionToken }: Keys,
) {
  const client = createAdminClient({
    endpoint: `http://127.0.0.1:${consolePort}`,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  });
  const call: AdminClient['call'] = async (name, input) => {
    const answer = await client.call(name, input);
    contract[name].answer.parse(answer);
    seen.add(name);
    return answer;
  };
  return {
    call,
    /** Status and code of the error that is the answer. */
    async refused(...[name, input]: Parameters<AdminClient['call']>): Promise<string> {
      try {
        await client.call(name, input);
      } catch (error) {
        if (error instanceof AdminApiError) return `${error.status} ${error.code}`;
        throw error;
      }
      throw new Error(`${name} was not refused`);
    },
  };
}
