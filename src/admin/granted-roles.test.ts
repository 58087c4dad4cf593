/** What each ready-made role allows on a bucket and on a prefix, action by action: this, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { s3Actions } from '../policy/language/actions.ts';
import { evaluate } from '../policy/language/evaluate.ts';
import { parseIdentityPolicy } from '../policy/language/parse.ts';
import { type GrantedRole, grantedBy, policyNameOf, roleDocument } from './granted-roles.ts';

const bucketArn = 'arn:aws:s3:::photos';

function allows(granted: GrantedRole, action: string, resource: string, prefix?: string): boolean {
  const policy = parseIdentityPolicy(roleDocument(granted));
  const verdict = evaluate(policy, {
    principal: { kind: 'anonymous' },
    action,
    resource,
    values: ({ name }) => (name === 's3:prefix' && prefix !== undefined ? [prefix] : undefined),
  });
  return verdict?.effect === 'Allow';
}

const allowed = (granted: GrantedRole, resource: string, prefix?: string): string[] =>
  s3Actions
    .filter((action) => allows(granted, action, resource, prefix))
    .map((action) => action.slice('s3:'.length));

/** In lower case, as the table of actions. */
const names = (text: string): string[] => text.toLowerCase().trim().split(/\s+/).sort();

const listing = names('GetBucketLocation ListBucket ListBucketMultipartUploads ListBucketVersions');
const reading = names(`
  GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention
  GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation
  GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
`);
const writing = names(`
  AbortMultipartUpload DeleteObject DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersion
  DeleteObjectVersionAnnotation DeleteObjectVersionTagging ListMultipartUploadParts PutObject PutObjectAcl
  PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
  PutObjectVersionAnnotation PutObjectVersionTagging RenameObject RestoreObject
`);
/** Of the bucket's owner alone. */
const rights = names(`
  DeleteBucketPolicy PutBucketAcl PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
`);

const onObjects = {
  read_only: reading,
  write_only: writing,
  read_write: [...reading, ...writing].sort(),
} as const;
const roles = ['read_only', 'write_only', 'read_write', 'maintainer', 'owner'] as const;

/** Names of actions that have to do with objects, which mean nothing on a bucket. */
const isOfObjects = (action: string): boolean =>
  /object(?!lockconfiguration)|multipartupload(?!s)|retention|annotation/.test(action);

describe('a role on a bucket', () => {
  it.each(['read_only', 'write_only', 'read_write'] as const)('%s allows its list', (role) => {
    const granted = { role, bucket: 'photos' };
    expect(allowed(granted, `${bucketArn}/a/b`).filter(isOfObjects).sort()).toEqual(
      onObjects[role],
    );
    const ofBucket = allowed(granted, bucketArn).filter((action) => !isOfObjects(action));
    const expected = role === 'write_only' ? [] : [...listing, 'listallmybuckets'].sort();
    expect(ofBucket.sort()).toEqual(expected);
  });

  it('maintainer allows all that is configured but who may use it', () => {
    const granted = { role: 'maintainer', bucket: 'photos' } as const;
    const all = allowed(granted, bucketArn);
    for (const action of rights) expect(all).not.toContain(action);
    expect(all).toEqual(
      expect.arrayContaining(names('PutLifecycleConfiguration PutBucketVersioning DeleteBucket')),
    );
    expect(all).not.toContain('bypassgovernanceretention');
    expect(allowed(granted, `${bucketArn}/a`)).toEqual(
      expect.arrayContaining([...reading, ...writing]),
    );
  });

  it('owner allows everything there', () => {
    const granted = { role: 'owner', bucket: 'photos' } as const;
    expect(allowed(granted, bucketArn)).toHaveLength(s3Actions.length);
    expect(allowed(granted, `${bucketArn}/a`)).toHaveLength(s3Actions.length);
  });

  it.each(roles)('%s allows nothing elsewhere', (role) => {
    const granted = { role, bucket: 'photos' };
    for (const resource of [`${bucketArn}2`, 'arn:aws:s3:::other', `${bucketArn}-too/a`, '*']) {
      expect(allowed(granted, resource)).toEqual([]);
    }
  });
});

describe('a role on a prefix', () => {
  it.each(roles)('%s allows the same below it, and of the bucket nothing but its list', (role) => {
    const whole = { role, bucket: 'photos' };
    const granted = { ...whole, prefix: 'a/' };
    expect(allowed(granted, `${bucketArn}/a/b`)).toEqual(allowed(whole, `${bucketArn}/a/b`));
    for (const key of ['a', 'b/a/', 'A/b'])
      expect(allowed(granted, `${bucketArn}/${key}`)).toEqual([]);
    const lists = role === 'write_only' ? [] : listing;
    expect(allowed(granted, bucketArn, 'a/b').sort()).toEqual(lists);
    const unasked = role === 'write_only' ? [] : ['getbucketlocation'];
    expect(allowed(granted, bucketArn, 'b/')).toEqual(unasked);
    expect(allowed(granted, bucketArn)).toEqual(unasked);
  });

  it('takes wildcards and variables in a prefix for themselves', () => {
    const prefix = `\${aws:username}/*?`;
    const granted = { role: 'read_only', bucket: 'photos', prefix } as const;
    expect(allows(granted, 's3:GetObject', `${bucketArn}/\${aws:username}/*?x`)).toBe(true);
    expect(allows(granted, 's3:GetObject', `${bucketArn}/\${aws:username}/ab`)).toBe(false);
    expect(allows(granted, 's3:GetObject', `${bucketArn}/ann/*?`)).toBe(false);
  });
});

describe('a grant', () => {
  const hash = (text: string) => Buffer.from(text).toString('hex').slice(0, 16);

  it('is found again in its policy, whatever its prefix', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...roles),
        fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
        (role, prefix) => {
          const granted = { role, bucket: 'my.photos', ...(prefix !== undefined && { prefix }) };
          const name = policyNameOf(granted, hash);
          expect(grantedBy(name, roleDocument(granted))).toEqual(granted);
        },
      ),
    );
  });

  it('is none any more once its policy was changed, or if it has another name', () => {
    const granted = { role: 'read_only', bucket: 'photos' } as const;
    const name = policyNameOf(granted, hash);
    expect(grantedBy(name, roleDocument({ ...granted, role: 'owner' }))).toBeUndefined();
    expect(grantedBy('reading', roleDocument(granted))).toBeUndefined();
    expect(grantedBy(name, '{}')).toBeUndefined();
  });
});
