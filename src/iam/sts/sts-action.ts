/** What an operation of STS works on. */
import type { Sealer } from '../../identity/secrets.ts';
import type { Snapshot } from '../../identity/snapshot.ts';
import type { WebIdentities } from '../../identity/web-identity.ts';
import type { About, Signer } from '../authorise.ts';
import { QueryError } from '../query/errors.ts';

export interface StsSituation {
  /** Undefined for the operations that need no signature. */
  readonly signer: Signer | undefined;
  /** Signed with a session's key. */
  readonly isTemporary: boolean;
  readonly about: About;
  readonly snapshot: Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly sessionSealer: Sealer;
  readonly webIdentities: WebIdentities;
}

export type StsAction<Input, Output> = (
  input: Input,
  situation: StsSituation,
) => Output | Promise<Output>;

/** For operations that nobody runs without a signature. */
export function signerOf({ signer }: StsSituation): Signer {
  if (signer === undefined) throw new QueryError('MissingAuthenticationToken');
  return signer;
}

/** @throws QueryError NotImplemented for parameters whose effect doesn't exist here */
export function refuseParameters<Input extends object>(
  input: Input,
  names: readonly (keyof Input & string)[],
): void {
  for (const name of names) {
    if (input[name] !== undefined) {
      throw new QueryError('NotImplemented', `The parameter ${name} is not implemented`);
    }
  }
}
