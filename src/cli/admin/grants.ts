/** `kist grant`: ready-made roles on buckets and prefixes. */
import type { InputOf } from '../../admin/client.ts';
import { usageError } from '../command-error.ts';
import { type AdminFlags, withAdmin } from './admin-session.ts';
import { tellList } from './tell.ts';

type Grant = InputOf<'putGrant'>;
export type Holder = Pick<Grant, 'kind' | 'name'>;

/** `BUCKET`, or `BUCKET/PREFIX`. */
function placeOf(text: string): Pick<Grant, 'bucket' | 'prefix'> {
  const at = text.indexOf('/');
  const bucket = at < 0 ? text : text.slice(0, at);
  const prefix = at < 0 ? '' : text.slice(at + 1);
  if (bucket !== '') return { bucket, ...(prefix !== '' && { prefix }) };
  throw usageError(
    `${JSON.stringify(text)} is no place for a grant. Say BUCKET or BUCKET/PREFIX; --alias names the server.`,
  );
}

/** Gives the exit code, as both of these do. */
export const useGrant = (
  act: 'give' | 'revoke',
  role: Grant['role'],
  holder: Holder,
  place: string,
  flags: AdminFlags,
): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const grant = { ...holder, role, ...placeOf(place) };
    const about = `${role} on ${place}`;
    const who = `the ${holder.kind} ${holder.name}`;
    if (act === 'give') {
      const given = await call('putGrant', grant);
      out.record({ type: 'grant', ...given }, `Granted ${who} ${about}.`);
    } else {
      await call('deleteGrant', grant);
      out.record({ type: 'grant', ...grant, isRevoked: true }, `Took ${about} from ${who}.`);
    }
  });

export const listGrants = (holder: Holder, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const { items } = await call('listGrants', holder);
    tellList(out, 'grant', items, {
      ROLE: ({ role }) => role,
      ON: ({ bucket, prefix }) => (prefix === undefined ? bucket : `${bucket}/${prefix}`),
      POLICY: ({ policyName }) => policyName,
    });
  });
