/** OpenID Connect issuers whose tokens may be given for a role's session (AssumeRoleWithWebIdentity). */
import { providerArn } from '../../identity/names.ts';
import { identityKey, type ProviderRecord } from '../../identity/records.ts';
import type { MetaOp } from '../../store/meta/port.ts';
import { encodeRecord } from '../../store/record-codec.ts';
import { done, type IamAction, type Situation, type Target } from '../action.ts';
import { checkQuota, requestTagFacts, tagList, tagsOf } from '../checks.ts';
import { resourceTagFacts } from '../entities.ts';
import { maxClientIds, maxProviders, maxThumbprints } from '../limits.ts';
import { invalid, QueryError } from '../query/errors.ts';

interface ArnInput {
  readonly OpenIDConnectProviderArn: string;
}

/** @throws QueryError NoSuchEntity */
function provider({ OpenIDConnectProviderArn: arn }: ArnInput, situation: Situation) {
  const record = situation.snapshot.providersByArn.get(arn);
  if (record === undefined || record.accountId !== situation.account.accountId) {
    throw new QueryError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);
  }
  return record;
}

function onProvider({ OpenIDConnectProviderArn: arn }: ArnInput, situation: Situation): Target {
  const record = situation.snapshot.providersByArn.get(arn);
  const isOwn = record?.accountId === situation.account.accountId;
  return { arn, facts: resourceTagFacts(isOwn ? record?.tags : {}) };
}

const putProvider = (record: ProviderRecord): MetaOp => ({
  op: 'put',
  at: identityKey('provider', record.accountId, record.url),
  value: encodeRecord(record),
});

const maxUrlChars = 255;

/**
 * An issuer as it is kept: without the scheme, unless that is HTTP, which a program of the same machine alone may
 * have, and the server's own administrator alone may trust.
 * @throws QueryError ValidationError
 */
export function issuerOf(given: string, { account }: Pick<Situation, 'account'>): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isPlain =
    url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !isPlain || given.length > maxUrlChars) throw invalidUrl();
  const issuer = given.replace(/\/$/, '');
  if (url.protocol === 'https:') return issuer.slice('https://'.length);
  if (url.protocol !== 'http:' || !isLoopback(url.hostname) || !account.root) throw invalidUrl();
  return issuer;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

const invalidUrl = () =>
  invalid('Invalid Open ID Connect Provider URL: it begins with https:// and has no query.');

const clientIdPattern = /^[\x21-\x7e]{1,255}$/;
const thumbprintPattern = /^[0-9a-fA-F]{40}$/;

/** Certificates are verified as those of any other host; thumbprints are kept, and not needed. */
function checkThumbprints(list: readonly string[]): void {
  checkQuota(list.length, maxThumbprints, 'ThumbprintsPerOpenIdConnectProvider');
  if (!list.every((one) => thumbprintPattern.test(one))) {
    throw invalid('A thumbprint has 40 hexadecimal digits.');
  }
}

function checkClientIds(list: readonly string[]): void {
  checkQuota(list.length, maxClientIds, 'ClientIdsPerOpenIdConnectProvider');
  if (!list.every((one) => clientIdPattern.test(one))) {
    throw invalid('A client id has 1 to 255 printable characters.');
  }
}

export const createOpenIdConnectProvider: IamAction<'CreateOpenIDConnectProvider'> = {
  on: ({ Url, Tags }, { account }) => ({
    arn: providerArn(account.number, issuerOf(Url, { account })),
    facts: requestTagFacts(Tags),
  }),
  write({ Url, ClientIDList = [], ThumbprintList = [], Tags }, situation) {
    const { account, snapshot, now } = situation;
    const url = issuerOf(Url, situation);
    const arn = providerArn(account.number, url);
    checkClientIds(ClientIDList);
    checkThumbprints(ThumbprintList);
    const own = [...snapshot.providersByArn.values()].filter(
      ({ accountId }) => accountId === account.accountId,
    );
    if (own.some((one) => one.url.toLowerCase() === url.toLowerCase())) {
      throw new QueryError('EntityAlreadyExists', `Provider with url ${Url} already exists.`);
    }
    checkQuota(own.length + 1, maxProviders, 'OpenIdConnectProvidersPerAccount');
    const record: ProviderRecord = {
      accountId: account.accountId,
      url,
      clientIds: [...new Set(ClientIDList)],
      thumbprints: ThumbprintList,
      createdAt: now,
      tags: tagsOf(Tags),
    };
    return {
      ops: [putProvider(record)],
      result: {
        OpenIDConnectProviderArn: arn,
        ...(Tags !== undefined && { Tags: tagList(record.tags) }),
      },
    };
  },
};

export const getOpenIdConnectProvider: IamAction<'GetOpenIDConnectProvider'> = {
  on: onProvider,
  read(input, situation) {
    const { url, clientIds, thumbprints, createdAt, tags } = provider(input, situation);
    return {
      Url: url,
      ClientIDList: clientIds,
      ThumbprintList: thumbprints,
      CreateDate: new Date(createdAt),
      Tags: tagList(tags),
    };
  },
};

export const listOpenIdConnectProviders: IamAction<'ListOpenIDConnectProviders'> = {
  on: (_, { account }) => ({ arn: providerArn(account.number, '') }),
  read: (_, { snapshot, account }) => ({
    OpenIDConnectProviderList: [...snapshot.providersByArn]
      .filter(([, { accountId }]) => accountId === account.accountId)
      .map(([Arn]) => ({ Arn })),
  }),
};

export const deleteOpenIdConnectProvider: IamAction<'DeleteOpenIDConnectProvider'> = {
  on: onProvider,
  write(input, situation) {
    const { accountId, url } = provider(input, situation);
    return done({ op: 'delete', at: identityKey('provider', accountId, url) });
  },
};

export const addClientId: IamAction<'AddClientIDToOpenIDConnectProvider'> = {
  on: onProvider,
  write(input, situation) {
    const record = provider(input, situation);
    const clientIds = [...new Set([...record.clientIds, input.ClientID])];
    checkClientIds(clientIds);
    return done(putProvider({ ...record, clientIds }));
  },
};

export const removeClientId: IamAction<'RemoveClientIDFromOpenIDConnectProvider'> = {
  on: onProvider,
  write(input, situation) {
    const record = provider(input, situation);
    const clientIds = record.clientIds.filter((one) => one !== input.ClientID);
    return done(putProvider({ ...record, clientIds }));
  },
};

export const updateThumbprint: IamAction<'UpdateOpenIDConnectProviderThumbprint'> = {
  on: onProvider,
  write(input, situation) {
    checkThumbprints(input.ThumbprintList);
    const thumbprints = input.ThumbprintList;
    return done(putProvider({ ...provider(input, situation), thumbprints }));
  },
};
