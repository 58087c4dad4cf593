import { beforeEach, describe, expect, it } from 'vitest';
import { alice, bob, type House, openHouse, tenant } from '../contract/house.ts';

let house: House;

beforeEach(() => {
  house = openHouse();
});

const publicRead = { ACL: 'public-read' } as const;

describe('CreateBucket', () => {
  it('makes a private bucket of the caller and says where it is', async () => {
    const output = await house.run('CreateBucket', { Bucket: 'fruit' });
    expect(output).toEqual({ Location: '/fruit' });
    expect((await house.bucket('fruit')).acl).toEqual({
      owner: 'alice',
      grants: [{ grantee: { account: 'alice' }, permission: 'FULL_CONTROL' }],
    });
  });

  it('keeps any location constraint, which GetBucketLocation answers, else the region', async () => {
    await house.run('CreateBucket', {
      Bucket: 'west',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    });
    await house.run('CreateBucket', { Bucket: 'none' });
    const location = async (Bucket: string) =>
      (await house.run('GetBucketLocation', { Bucket })).LocationConstraint;
    expect(await location('west')).toBe('us-west-2');
    expect(await location('none')).toBe('eu-central-1');
  });

  it('refuses names that are none', async () => {
    await house.refused('CreateBucket', { Bucket: 'Not_A_Name' }, 'InvalidBucketName');
  });

  it("refuses another's name, and one's own outside us-east-1", async () => {
    await house.run('CreateBucket', { Bucket: 'fruit' });
    await house.refused('CreateBucket', { Bucket: 'fruit' }, 'BucketAlreadyExists', { as: bob });
    await house.refused('CreateBucket', { Bucket: 'fruit' }, 'BucketAlreadyOwnedByYou');
  });

  it('lets an owner make a bucket again in us-east-1, which sets its ACL anew', async () => {
    const asking = { as: alice, region: 'us-east-1' };
    await house.run('CreateBucket', { Bucket: 'fruit', ...publicRead }, asking);
    await house.run('CreateBucket', { Bucket: 'fruit' }, asking);
    expect((await house.bucket('fruit')).acl.grants).toHaveLength(1);
  });

  it('takes canned ACLs and grant headers', async () => {
    await house.run('CreateBucket', { Bucket: 'canned', ...publicRead });
    expect((await house.bucket('canned')).acl.grants).toContainEqual({
      grantee: { group: 'AllUsers' },
      permission: 'READ',
    });
    await house.run('CreateBucket', { Bucket: 'granted', GrantWrite: 'id="bob"' });
    expect((await house.bucket('granted')).acl.grants).toEqual([
      { grantee: { account: 'bob' }, permission: 'WRITE' },
    ]);
  });

  it('has the same name in two namespaces as two buckets', async () => {
    await house.run('CreateBucket', { Bucket: 'fruit' });
    await house.run('CreateBucket', { Bucket: 'fruit' }, { as: tenant, namespace: 'tenants' });
    const output = await house.run('ListBuckets', {}, { as: tenant, namespace: 'tenants' });
    expect(output.Buckets).toHaveLength(1);
  });

  it('makes a bucket with its object ownership, in one', async () => {
    const ObjectOwnership = 'BucketOwnerPreferred' as const;
    await house.run('CreateBucket', { Bucket: 'owned', ObjectOwnership });
    expect((await house.bucket('owned')).configured).toEqual(['ownershipControls']);
    const { OwnershipControls } = await house.run('GetBucketOwnershipControls', {
      Bucket: 'owned',
    });
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership }]);
    await house.run('CreateBucket', { Bucket: 'plain' });
    expect((await house.bucket('plain')).configured).toBeUndefined();
  });

  it('refuses by name what buckets cannot be yet', async () => {
    const Bucket = 'fruit';
    for (const CreateBucketConfiguration of [
      { Bucket: { Type: 'Directory' } },
      { Location: { Name: 'zone' } },
    ] as const) {
      await house.refused('CreateBucket', { Bucket, CreateBucketConfiguration }, 'NotImplemented');
    }
  });
});

describe('DeleteBucket', () => {
  it('removes an empty bucket, and refuses one that holds an object', async () => {
    await house.run('CreateBucket', { Bucket: 'fruit' });
    await house.run('PutObject', { Bucket: 'fruit', Key: 'pear', Body: Buffer.from('x') });
    await house.refused('DeleteBucket', { Bucket: 'fruit' }, 'BucketNotEmpty');
    await house.run('DeleteObject', { Bucket: 'fruit', Key: 'pear' });
    await house.run('DeleteBucket', { Bucket: 'fruit' });
    await house.refused('HeadBucket', { Bucket: 'fruit' }, 'NoSuchBucket');
  });
});

describe('HeadBucket and GetBucketVersioning', () => {
  it('answer the region, and that nothing was ever versioned', async () => {
    await house.run('CreateBucket', { Bucket: 'fruit' });
    expect(await house.run('HeadBucket', { Bucket: 'fruit' })).toEqual({
      BucketRegion: 'eu-central-1',
      AccessPointAlias: false,
    });
    expect(await house.run('GetBucketVersioning', { Bucket: 'fruit' })).toEqual({});
  });
});

describe('PutBucketAcl and GetBucketAcl', () => {
  it('replace the ACL and show it with names', async () => {
    await house.run('CreateBucket', { Bucket: 'fruit' });
    await house.run('PutBucketAcl', { Bucket: 'fruit', ...publicRead });
    expect(await house.run('GetBucketAcl', { Bucket: 'fruit' })).toEqual({
      Owner: { ID: 'alice', DisplayName: 'Alice' },
      Grants: [
        {
          Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
          Permission: 'READ',
        },
        {
          Grantee: { Type: 'CanonicalUser', ID: 'alice', DisplayName: 'Alice' },
          Permission: 'FULL_CONTROL',
        },
      ],
    });
  });

  it('keep the owner when somebody else who may writes it', async () => {
    await house.run('CreateBucket', { Bucket: 'fruit', GrantWriteACP: 'id="bob"' });
    await house.run('PutBucketAcl', { Bucket: 'fruit', ACL: 'private' }, { as: bob });
    expect((await house.bucket('fruit')).acl.owner).toBe('alice');
  });

  describe('in a namespace with defaults', () => {
    const Bucket = 'fruit';
    beforeEach(() => {
      house.namespaces.set('default', {
        name: 'default',
        createdAt: 0,
        defaults: {
          encryption: { algorithm: 'AES256' },
          publicAccessBlock: true,
          objectOwnership: 'BucketOwnerPreferred',
        },
      });
    });

    it('gives a new bucket encryption, block and ownership', async () => {
      await house.run('CreateBucket', { Bucket });
      expect(await house.run('GetBucketEncryption', { Bucket })).toMatchObject({
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      });
      expect(await house.run('GetPublicAccessBlock', { Bucket })).toEqual({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
      expect(await house.run('GetBucketOwnershipControls', { Bucket })).toEqual({
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      });
    });

    it('refuses a public ACL, and takes another ownership from the request', async () => {
      const refusal = 'InvalidBucketAclWithBlockPublicAccessError';
      await house.refused('CreateBucket', { Bucket, ...publicRead }, refusal);
      await house.run('CreateBucket', { Bucket, ObjectOwnership: 'ObjectWriter' });
      expect(await house.run('GetBucketOwnershipControls', { Bucket })).toEqual({
        OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
      });
    });

    it('leaves buckets of other namespaces alone', async () => {
      await house.run('CreateBucket', { Bucket }, { as: tenant, namespace: 'tenants' });
      expect((await house.store.buckets.get('tenants', Bucket))?.configured).toBeUndefined();
    });
  });
});
