/**
 * GetBucketNotificationConfiguration, PutBucketNotificationConfiguration ("Amazon S3 Event Notifications" in
 * the S3 user guide).
 *
 * Nothing delivers events yet, so a bucket has the empty configuration, which can be set again; one with any
 * destination is refused by its name.
 */
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const GetBucketNotificationConfiguration = defineOperation({
  name: 'GetBucketNotificationConfiguration',
  access: { on: 'bucket', action: 's3:GetBucketNotification', permission: undefined },
  accepts: [],
  run: () => ({}),
});

export const PutBucketNotificationConfiguration = defineOperation({
  name: 'PutBucketNotificationConfiguration',
  access: { on: 'bucket', action: 's3:PutBucketNotification', permission: undefined },
  accepts: ['NotificationConfiguration'],
  run({ NotificationConfiguration: configuration }) {
    const [destination] = Object.keys(configuration);
    if (destination === undefined) return {};
    throw new S3Error('NotImplemented', {
      message: `${destination} is not implemented: there are no destinations for events.`,
    });
  },
});
