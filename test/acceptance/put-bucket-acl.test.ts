import {
  GetBucketAclCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  type PutBucketAclCommandInput,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers, alt, authenticatedUsers, main } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function set(input: Partial<PutBucketAclCommandInput>, client = server.main) {
  return client.send(new PutBucketAclCommand({ Bucket, ...input }));
}

async function grants(): Promise<string[]> {
  const { Grants } = await server.main.send(new GetBucketAclCommand({ Bucket }));
  return (Grants ?? [])
    .map(({ Grantee, Permission }) => `${Grantee?.URI ?? Grantee?.ID} ${Permission}`)
    .toSorted();
}

const owner = `${main.accountId} FULL_CONTROL`;
const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const canned: readonly (readonly [PutBucketAclCommandInput['ACL'], readonly string[]])[] = [
  ['private', [owner]],
  ['public-read', [owner, `${allUsers} READ`]],
  ['public-read-write', [owner, `${allUsers} READ`, `${allUsers} WRITE`]],
  ['authenticated-read', [owner, `${authenticatedUsers} READ`]],
];

test.each(canned)('the canned ACL %s grants what its name says', async (ACL, expected) => {
  await set({ ACL });
  expect(await grants()).toEqual(expected.toSorted());
});

test('log-delivery-write grants to the log delivery group', async () => {
  await set({ ACL: 'log-delivery-write' as 'private' });
  expect(await grants()).toEqual(
    [owner, `${logDelivery} READ_ACP`, `${logDelivery} WRITE`].toSorted(),
  );
});

test('grant headers name accounts by id and e-mail, and groups by URI', async () => {
  await set({
    GrantFullControl: `id="${main.accountId}"`,
    GrantRead: `uri="${authenticatedUsers}", emailAddress="${alt.email}"`,
    GrantWriteACP: `id=${alt.accountId}`,
  });
  expect(await grants()).toEqual(
    [
      owner,
      `${alt.accountId} READ`,
      `${alt.accountId} WRITE_ACP`,
      `${authenticatedUsers} READ`,
    ].toSorted(),
  );
});

test('a document replaces the whole list', async () => {
  await set({
    AccessControlPolicy: {
      Owner: { ID: main.accountId },
      Grants: [
        {
          Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: alt.email.toUpperCase() },
          Permission: 'READ',
        },
        { Grantee: { Type: 'Group', URI: allUsers }, Permission: 'READ_ACP' },
      ],
    },
  });
  expect(await grants()).toEqual([`${alt.accountId} READ`, `${allUsers} READ_ACP`].toSorted());
  await set({ ACL: 'private' });
});

test('an owner who has granted himself nothing may still set the list', async () => {
  await set({ AccessControlPolicy: { Owner: { ID: main.accountId }, Grants: [] } });
  await set({ ACL: 'private' });
  expect(await grants()).toEqual([owner]);
});

test.each<readonly [string, Partial<PutBucketAclCommandInput>, string]>([
  ['an unknown canned ACL', { ACL: 'nonsense' as 'private' }, 'InvalidArgument'],
  ['an unknown id', { GrantRead: 'id=nobody' }, 'InvalidArgument'],
  [
    'an unknown e-mail address',
    { GrantRead: 'emailAddress=nobody@example.com' },
    'UnresolvableGrantByEmailAddress',
  ],
  ['an unknown group', { GrantRead: 'uri=http://example.com/group' }, 'InvalidArgument'],
  ['a grant header of no form', { GrantRead: 'everybody' }, 'InvalidArgument'],
  ['canned ACL and grants at once', { ACL: 'private', GrantRead: 'id=altid' }, 'InvalidRequest'],
  [
    'another owner',
    { AccessControlPolicy: { Owner: { ID: alt.accountId }, Grants: [] } },
    'AccessDenied',
  ],
])('%s is refused', async (_, input, code) => {
  await set({ ACL: 'private' });
  expect((await codeOf(set(input))).slice(4)).toBe(code);
  expect(await grants()).toEqual([owner]);
});

test.each([
  ['no document', '', 'MissingSecurityHeader|MalformedACLError|MalformedXML'],
  ['text', 'text', 'MalformedACLError|MalformedXML'],
  [
    'a permission that there is not',
    `<AccessControlPolicy><Owner><ID>mainid</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>altid</ID></Grantee><Permission>EVERYTHING</Permission></Grant></AccessControlList></AccessControlPolicy>`,
    'MalformedACLError|MalformedXML',
  ],
])('%s is malformed', async (_, body, codes) => {
  const { bytes } = signedV4({
    method: 'PUT',
    path: `/${Bucket}`,
    query: 'acl=',
    body,
    headers: { 'content-md5': md5Base64(body) },
  });
  expect(outcome(await exchange(server.port, bytes))).toMatch(new RegExp(`^400 (${codes})$`));
});

test('WRITE_ACP sets it, FULL_CONTROL too, WRITE does not', async () => {
  for (const [grant, allowed] of [
    [{ GrantWriteACP: 'id=altid' }, true],
    [{ GrantFullControl: 'id=altid' }, true],
    [{ GrantWrite: 'id=altid' }, false],
    [{ ACL: 'public-read-write' as const }, false],
  ] as const) {
    await set(grant);
    const change = set({ GrantRead: 'id=altid', GrantFullControl: 'id=mainid' }, server.alt);
    if (allowed) await change;
    else expect(await codeOf(change)).toBe('403 AccessDenied');
  }
});

test('what is granted takes effect at once, and what is taken away, too', async () => {
  const list = new ListObjectsV2Command({ Bucket });
  await set({ ACL: 'private' });
  expect(await codeOf(server.anonymous.send(list))).toBe('403 AccessDenied');
  await set({ ACL: 'public-read' });
  await server.anonymous.send(list);
  await set({ ACL: 'authenticated-read' });
  expect(await codeOf(server.anonymous.send(list))).toBe('403 AccessDenied');
  await server.alt.send(list);
  await set({ ACL: 'private' });
  expect(await codeOf(server.alt.send(list))).toBe('403 AccessDenied');
});

test('WRITE for everybody lets everybody put and nobody list', async () => {
  await set({ GrantFullControl: 'id=mainid', GrantWrite: `uri=${allUsers}` });
  await put(server.anonymous, Bucket, 'by-nobody', 'x');
  expect(await codeOf(server.anonymous.send(new ListObjectsV2Command({ Bucket })))).toBe(
    '403 AccessDenied',
  );
});

test('a missing bucket has no ACL to set', async () => {
  expect(await codeOf(set({ Bucket: uniqueBucketName(), ACL: 'private' }))).toBe(
    '404 NoSuchBucket',
  );
});
