/** GetCallerIdentity: who a key stands for. Nobody needs to be allowed it. */
import type { StsTypes } from '../../model/sts.gen.ts';
import { arnOfSigner } from '../authorise.ts';
import { type StsAction, signerOf } from './sts-action.ts';

type Types = StsTypes['GetCallerIdentity'];

export const getCallerIdentity: StsAction<Types['input'], Types['output']> = (_, situation) => {
  const signer = signerOf(situation);
  const { account, principal } = signer;
  return {
    UserId: principal?.id ?? account.number,
    Account: account.number,
    Arn: arnOfSigner(signer),
  };
};
