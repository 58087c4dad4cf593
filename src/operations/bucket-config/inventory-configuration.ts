/**
 * PutBucketInventoryConfiguration, GetBucketInventoryConfiguration, DeleteBucketInventoryConfiguration and
 * ListBucketInventoryConfigurations. Reports are delivered by `jobs/inventory-job.ts`.
 *
 * The destination is a bucket of the same owner and namespace, which is all the permission that a delivery
 * needs, where S3 wants a policy for its service besides. Whom a policy lets configure the reports of one bucket sends
 * them where he may write himself.
 */
import {
  assertInventory,
  destinationOf,
  encryptionOf,
  inventoryConfig,
  inventoryIds,
  maxInventoryConfigurations,
} from '../../features/inventory/configuration.ts';
import { dataKey, longestFileName } from '../../features/inventory/layout.ts';
import type { InventoryConfiguration } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { isBucketName } from '../../protocol/names.ts';
import { withRules } from '../access-rules.ts';
import { callerId, callerIsRoot } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { configOf, removeConfig } from './subresource.ts';

const reading = {
  on: 'bucket',
  action: 's3:GetInventoryConfiguration',
  permission: undefined,
} as const;
const writingReports = { action: 's3:PutObject', permission: 'WRITE' } as const;
const writing = {
  on: 'bucket',
  action: 's3:PutInventoryConfiguration',
  permission: undefined,
} as const;

export const PutBucketInventoryConfiguration = defineOperation({
  name: 'PutBucketInventoryConfiguration',
  access: writing,
  accepts: ['Id', 'InventoryConfiguration'],
  async run({ Id, InventoryConfiguration: configuration }, context) {
    const { bucket, store } = context;
    assertInventory(Id, configuration, bucket.name);
    await assertDestination(configuration, context);
    const changed = await store.buckets.setConfig(
      bucket,
      inventoryConfig(Id),
      configuration,
      (now) => {
        if (inventoryIds(now.configured).length <= maxInventoryConfigurations) return now;
        throw new S3Error('TooManyConfigurations');
      },
    );
    if (changed !== undefined) return {};
    throw new S3Error('NoSuchBucket', { fields: { BucketName: bucket.name } });
  },
});

export const GetBucketInventoryConfiguration = defineOperation({
  name: 'GetBucketInventoryConfiguration',
  access: reading,
  accepts: ['Id'],
  async run({ Id }, context) {
    return { InventoryConfiguration: await existing(Id, context) };
  },
});

export const DeleteBucketInventoryConfiguration = defineOperation({
  name: 'DeleteBucketInventoryConfiguration',
  access: writing,
  accepts: ['Id'],
  async run({ Id }, context) {
    await existing(Id, context);
    await removeConfig(context, inventoryConfig(Id));
    return {};
  },
});

const pageSize = 100;

export const ListBucketInventoryConfigurations = defineOperation({
  name: 'ListBucketInventoryConfigurations',
  access: reading,
  accepts: ['ContinuationToken'],
  async run({ ContinuationToken: token }, context) {
    const after = token === undefined ? '' : idOfToken(token);
    const ids = inventoryIds(context.bucket.configured).filter((id) => id > after);
    const page = ids.slice(0, pageSize);
    const found = await Promise.all(
      page.map((id) => configOf<InventoryConfiguration>(context, inventoryConfig(id))),
    );
    const isTruncated = ids.length > pageSize;
    return {
      ContinuationToken: token,
      InventoryConfigurationList: found.filter((one) => one !== undefined),
      IsTruncated: isTruncated,
      NextContinuationToken: isTruncated ? tokenOfId(page.at(-1)!) : undefined,
    };
  },
});

/** @throws S3Error NoSuchConfiguration */
async function existing(id: string, context: OperationContext): Promise<InventoryConfiguration> {
  const found = await configOf<InventoryConfiguration>(context, inventoryConfig(id));
  if (found === undefined) throw new S3Error('NoSuchConfiguration');
  return found;
}

/** @throws S3Error InvalidS3DestinationBucket, AccessDenied, KMS.NotFoundException, KMS.DisabledException */
async function assertDestination(
  configuration: InventoryConfiguration,
  context: OperationContext,
): Promise<void> {
  const { bucket, store, encryption } = context;
  const name = destinationOf(configuration);
  const found = isBucketName(name) ? await store.buckets.get(bucket.namespace, name) : undefined;
  const { AccountId: account = bucket.acl.owner } = configuration.Destination.S3BucketDestination;
  if (found === undefined || found.acl.owner !== bucket.acl.owner || account !== found.acl.owner) {
    throw new S3Error('InvalidS3DestinationBucket', {
      message: 'The destination bucket does not exist or has another owner.',
    });
  }
  if (callerId(context) !== bucket.acl.owner && !callerIsRoot(context)) {
    const key = dataKey(configuration, bucket.name, longestFileName);
    const destination = await withRules(found, store);
    if (!(await context.may(writingReports, { bucket: destination, key }))) {
      throw new S3Error('AccessDenied');
    }
  }
  const wanted = encryptionOf(configuration);
  // Made for its errors: reports could not be sealed with a key that isn't there.
  if (wanted !== undefined) await encryption.seal(wanted);
}

const tokenOfId = (id: string): string => Buffer.from(id).toString('base64url');

/** @throws S3Error InvalidArgument */
function idOfToken(token: string): string {
  const id = Buffer.from(token, 'base64url').toString();
  if (id !== '' && tokenOfId(id) === token) return id;
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    fields: { ArgumentName: 'continuation-token', ArgumentValue: token },
  });
}
