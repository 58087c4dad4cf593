/** What is told of an account that is new: its key, whose secret nobody is told again. */
import type { AnswerOf } from '../../admin/client.ts';
import type { Output } from '../output.ts';

type Made = { readonly accountId: string } & Pick<AnswerOf<'createAccount'>, 'accessKey'>;

/** @param kept where the secret is, if it is to be told nowhere else */
export function tellNewAccount(
  out: Output,
  type: 'account' | 'namespace',
  { accessKey, ...made }: Made,
  kept: string | undefined,
  what: string,
): void {
  const { accessKeyId, secretAccessKey } = accessKey;
  if (out.json) {
    out.record({ type, ...made, accessKey: kept === undefined ? accessKey : { accessKeyId } });
    return;
  }
  const account = type === 'account' ? '' : `the account ${made.accountId} and `;
  const secret =
    kept === undefined
      ? `.\nSecret (told this once): ${secretAccessKey}`
      : `; its secret is in ${kept}.`;
  out.document(`Made ${what}, with ${account}the key ${accessKeyId}${secret}`);
}
