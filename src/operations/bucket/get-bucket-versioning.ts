/** GetBucketVersioning: of a bucket that was never versioned, an empty document. */
import { defineOperation } from '../operation.ts';

export const GetBucketVersioning = defineOperation({
  name: 'GetBucketVersioning',
  access: { on: 'bucket', action: 's3:GetBucketVersioning', permission: undefined },
  accepts: [],
  run: () => ({}),
});
