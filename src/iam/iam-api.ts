/**
 * IAM and STS, apart from HTTP: an operation and its parameters, who asks for it, and what comes of it.
 *
 * Who may is decided on the same state of all identities that the action then reads or changes.
 */
import type { ManagedIdentityDirectory } from '../identity/directory.ts';
import type { Snapshot } from '../identity/snapshot.ts';
import type { WebIdentities } from '../identity/web-identity.ts';
import type { Action, Situation } from './action.ts';
import { iamActions } from './actions/index.ts';
import { type About, authoriseIdentity, type Signer, withFacts } from './authorise.ts';
import { decodeQueryInput } from './query/decode.ts';
import { QueryError } from './query/errors.ts';
import type { Form } from './query/form.ts';
import type { NamedOperation } from './query/service.ts';
import { stsActions, unsignedActions } from './sts/index.ts';
import type { StsAction } from './sts/sts-action.ts';

export interface IamApiDeps {
  readonly directory: Pick<
    ManagedIdentityDirectory,
    'change' | 'current' | 'keySealer' | 'keyUses' | 'sessionSealer'
  >;
  readonly webIdentities: WebIdentities;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface IamRequest extends NamedOperation {
  /** By its own names, or decoded already. */
  readonly parameters: { readonly form: Form } | { readonly input: object };
  /** Undefined for requests without a signature. */
  readonly signer: Signer | undefined;
  /** Signed with a session's key. */
  readonly isTemporary: boolean;
  readonly about: About;
}

export interface IamApi {
  /** @throws QueryError */
  run(request: IamRequest): Promise<object | undefined>;
}

/** Whether an operation is asked for without a signature: its input proves who asks. */
export const isUnsigned = ({ operation }: NamedOperation): boolean =>
  unsignedActions.has(operation.name);

const inputOf = ({ operation, parameters }: IamRequest): object =>
  'form' in parameters ? decodeQueryInput(operation, parameters.form) : parameters.input;

export function createIamApi({ directory, webIdentities, now }: IamApiDeps): IamApi {
  async function runIam(request: IamRequest, signer: Signer): Promise<object | undefined> {
    const { operation, about } = request;
    const action = iamActions[operation.name as keyof typeof iamActions] as Action<object, object>;
    if (request.isTemporary && signer.principal?.kind !== 'role') {
      throw new QueryError(
        'AccessDenied',
        'IAM is not for sessions of users and accounts: sign with a long-term key or a role.',
      );
    }
    const input = inputOf(request);
    const situationOf = (snapshot: Snapshot): Situation => {
      const { account, principal } = signer;
      const situation: Situation = {
        snapshot,
        account,
        principal,
        now: now(),
        keySealer: directory.keySealer,
        keyUses: directory.keyUses,
      };
      const target = action.on(input, situation);
      authoriseIdentity(signer, withFacts(about, `iam:${operation.name}`, target));
      return situation;
    };
    if ('read' in action) return action.read(input, situationOf(await directory.current()));
    return directory.change((snapshot) => action.write(input, situationOf(snapshot)));
  }

  async function runSts(request: IamRequest): Promise<object | undefined> {
    const { operation, signer, isTemporary, about } = request;
    const action = stsActions[operation.name as keyof typeof stsActions] as StsAction<
      object,
      object
    >;
    const input = inputOf(request);
    return action(input, {
      signer,
      isTemporary,
      about,
      snapshot: await directory.current(),
      now: now(),
      sessionSealer: directory.sessionSealer,
      webIdentities,
    });
  }

  return {
    run(request) {
      const { service, signer } = request;
      if (signer === undefined && !isUnsigned(request)) {
        throw new QueryError('MissingAuthenticationToken');
      }
      return service.name === 'iam' ? runIam(request, signer!) : runSts(request);
    },
  };
}
