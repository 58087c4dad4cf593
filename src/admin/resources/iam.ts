/** `/api/iam/{action}`: IAM's own operations, their input and output as JSON. */

import type { Signer } from '../../iam/authorise.ts';
import type { IamApi } from '../../iam/iam-api.ts';
import { findOperation } from '../../iam/query/service.ts';
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import { iamVersion } from '../../model/iam.gen.ts';
import { actingFor } from '../acting.ts';
import type { Ask } from '../ask.ts';
import { checked } from '../check-fields.ts';
import type { Handlers } from '../handlers.ts';
import { type IamActionName, iamSchema } from '../schemas/iam.ts';

export interface IamDeps {
  readonly iam: IamApi;
  readonly directory: Pick<ManagedIdentityDirectory, 'current'>;
}

export type RunIam = (
  ask: Ask,
  action: IamActionName,
  input: object,
  signer?: Signer,
) => Promise<Record<string, unknown>>;

export function iamRunner({ iam }: Pick<IamDeps, 'iam'>): RunIam {
  return async (ask, action, input, signer = ask.signer) => {
    const { about, isTemporary } = ask;
    const named = findOperation(action, iamVersion);
    const output = await iam.run({ ...named, parameters: { input }, signer, isTemporary, about });
    return (output === undefined ? {} : plain(output)) as Record<string, unknown>;
  };
}

export function iamResource(deps: IamDeps): Pick<Handlers, 'callIam' | 'callIamForAccount'> {
  const run = iamRunner(deps);
  return {
    callIam: ({ action, ...input }, ask) =>
      run(ask, action, checked(iamSchema(action, 'input'), input) as object),
    async callIamForAccount({ action, account, ...input }, ask) {
      const signer = actingFor(ask, account, await deps.directory.current());
      return run(ask, action, checked(iamSchema(action, 'input'), input) as object, signer);
    },
  };
}

/** Documents, which the Query API answers percent-encoded. */
const documents: ReadonlySet<string> = new Set([
  'PolicyDocument',
  'AssumeRolePolicyDocument',
  'Document',
]);

/** As JSON has it: times as text, and nothing of what isn't there. */
function plain(value: unknown, name = ''): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, held]) => held !== undefined)
        .map(([member, held]) => [member, plain(held, member)]),
    );
  }
  return typeof value === 'string' && documents.has(name) ? decodeURIComponent(value) : value;
}
