/**
 * HeadBucket. The region is the server's, whatever location the bucket was asked for in: it is the one that
 * every client may sign with.
 */
import { defineOperation } from '../operation.ts';

export const HeadBucket = defineOperation({
  name: 'HeadBucket',
  access: { on: 'bucket', action: 's3:ListBucket', permission: 'READ' },
  accepts: [],
  run: (_input, { region }) => ({ BucketRegion: region, AccessPointAlias: false }),
});
