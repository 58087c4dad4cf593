/** `/api/session` and `/api/whoami`: sessions of browsers, and who asks. */

import { arnOfSigner, type Signer } from '../../iam/authorise.ts';
import type { IamApi } from '../../iam/iam-api.ts';
import { findOperation } from '../../iam/query/service.ts';
import { stsVersion } from '../../model/sts.gen.ts';
import type { Ask, CookieSession, OpenAsk } from '../ask.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { isoTime } from '../schemas/values.ts';
import { cookieHeader, type SessionKeys, type Sessions } from '../sessions.ts';

export interface SessionDeps {
  readonly sessions: Sessions;
  readonly iam: IamApi;
  /** Runs an attempt to prove who one is, unless too many failed. @throws AdminError TooManyAttempts */
  readonly attempt: <T>(
    who: { readonly clientAddress: string; readonly accessKeyId: string },
    prove: () => T,
  ) => T;
}

type Names = 'createSession' | 'getSession' | 'deleteSession' | 'whoAmI';

export function sessionResource({ sessions, iam, attempt }: SessionDeps): Pick<Handlers, Names> {
  function begin(ask: OpenAsk, keys: SessionKeys, endsAt?: number) {
    const { clientAddress } = ask;
    const { cookie } = attempt({ clientAddress, accessKeyId: keys.accessKeyId }, () =>
      sessions.begin(keys, endsAt),
    );
    const opened = sessions.open(cookie);
    if (opened === undefined) throw new AdminError('NotAuthenticated');
    ask.header('Set-Cookie', cookieHeader(cookie, ask.isSecure));
    const { account, principal } = opened.holder;
    const { accessKeyId } = opened;
    return sessionShape({ kind: 'account', account, accessKeyId, principal }, opened);
  }

  return {
    async createSession(fields, ask) {
      if ('accessKeyId' in fields) return begin(ask, fields);
      const { roleArn, webIdentityToken, roleSessionName } = fields;
      const output = (await iam.run({
        ...findOperation('AssumeRoleWithWebIdentity', stsVersion),
        parameters: {
          input: {
            RoleArn: roleArn,
            WebIdentityToken: webIdentityToken,
            RoleSessionName: roleSessionName,
          },
        },
        signer: undefined,
        isTemporary: false,
        about: ask.aboutNobody,
      })) as {
        readonly Credentials: {
          readonly AccessKeyId: string;
          readonly SecretAccessKey: string;
          readonly SessionToken: string;
          readonly Expiration: Date;
        };
      };
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials;
      return begin(
        ask,
        {
          accessKeyId: AccessKeyId,
          secretAccessKey: SecretAccessKey,
          sessionToken: SessionToken,
        },
        Expiration.getTime(),
      );
    },
    getSession: (_, ask) => sessionShape(ask.signer, ask.cookie),
    deleteSession(_, ask) {
      const { cookie } = ask;
      if (cookie === undefined) {
        throw new AdminError(
          'InvalidRequest',
          'The request is signed: there is no session to end.',
        );
      }
      sessions.end(cookie);
      ask.header('Set-Cookie', cookieHeader('', ask.isSecure));
      return undefined;
    },
    whoAmI: (_, { signer }: Ask) => identityShape(signer),
  };
}

const sessionShape = (
  signer: Signer,
  session: CookieSession | undefined,
): AnswerOf<'getSession'> => ({
  identity: identityShape(signer),
  ...(session !== undefined && {
    csrfToken: session.csrfToken,
    idleUntil: isoTime(session.idleUntil),
    expiresAt: isoTime(session.expiresAt),
  }),
});

function identityShape(signer: Signer): AnswerOf<'whoAmI'> {
  const { account, principal, accessKeyId } = signer;
  const { accountId, number, namespace, displayName, root } = account;
  return {
    account: { accountId, number, namespace, displayName, root },
    arn: arnOfSigner(signer),
    kind: principal?.kind ?? 'account',
    ...(principal?.userName !== undefined && { userName: principal.userName }),
    accessKeyId,
  };
}
