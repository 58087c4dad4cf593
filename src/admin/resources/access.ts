/**
 * `/api/access/explain`: why somebody may do something, or not. Accounts are told of their own keys and buckets, the
 * server's root of all: what is explained are other people's policies, too.
 */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import { defaultNamespace } from '../../identity/identity.ts';
import type { Snapshot } from '../../identity/snapshot.ts';
import type { Store } from '../../store/store.ts';
import type { Ask } from '../ask.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import type { AnswerOf, FieldsOf } from '../contract.ts';
import { AdminError } from '../errors.ts';
import type { Handlers } from '../handlers.ts';

type Question = FieldsOf<'explainAccess'>;

export interface AccessDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'current'>;
  readonly store: Pick<Store, 'buckets'>;
  /** @throws AdminError InvalidRequest for a question that makes no sense */
  readonly explain: (question: Question) => Promise<AnswerOf<'explainAccess'>>;
}

export function accessResource(deps: AccessDeps): Pick<Handlers, 'explainAccess'> {
  const { directory, store, explain } = deps;

  async function refuseOthersBucket(
    { signer }: Ask,
    question: Question,
    accountId: string,
  ): Promise<void> {
    const { bucket: name, anonymous, namespace } = question;
    if (name === undefined) return;
    const { account } = signer;
    const where = namespace ?? (anonymous ? defaultNamespace : account.namespace);
    const bucket = await store.buckets.get(where, name);
    const isOwn =
      bucket === undefined ? where === account.namespace : bucket.acl.owner === accountId;
    if (isOwn) return;
    throw new AdminError('AccessDenied', `You may not have access to ${name} explained.`);
  }

  return {
    async explainAccess(question, ask) {
      const { accessKeyId, arn, anonymous } = question;
      if ([accessKeyId, arn, anonymous].filter((one) => one !== undefined).length !== 1) {
        const message = 'Say who asks: one of accessKeyId, arn and anonymous.';
        throw new AdminError('InvalidRequest', message);
      }
      const own = ask.signer.account.accountId;
      const about = anonymous ? own : accountOf(question, await directory.current());
      const belonging = about === undefined ? ('server' as const) : { accountId: about };
      authorise(ask, 'kist:ExplainAccess', arns.account(about ?? own), belonging);
      if (!isRoot(ask)) await refuseOthersBucket(ask, question, own);
      return explain(question);
    },
  };
}

/** Undefined for a key or ARN that is nobody's. */
function accountOf({ accessKeyId, arn }: Question, now: Snapshot): string | undefined {
  if (accessKeyId !== undefined) return now.keys.get(accessKeyId)?.accountId;
  const [, number = ''] = /^arn:aws:iam::(\d{12}):/.exec(arn ?? '') ?? [];
  return now.byNumber.get(number)?.accountId;
}
