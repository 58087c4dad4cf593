/** GetBucketLocation: the constraint that the bucket was created with, else the server's region. */
import { defineOperation } from '../operation.ts';

export const GetBucketLocation = defineOperation({
  name: 'GetBucketLocation',
  access: { on: 'bucket', action: 's3:GetBucketLocation', permission: undefined },
  accepts: [],
  run: (_input, { bucket, region }) => ({
    LocationConstraint: bucket.locationConstraint === '' ? region : bucket.locationConstraint,
  }),
});
