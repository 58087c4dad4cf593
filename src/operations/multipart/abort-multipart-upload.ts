/** AbortMultipartUpload: the upload is gone at once, its parts' bytes soon after. */
import { defineOperation } from '../operation.ts';
import { assertOwnUpload, noSuchUpload, openUpload } from './upload.ts';

export const AbortMultipartUpload = defineOperation({
  name: 'AbortMultipartUpload',
  access: { on: 'bucket', action: 's3:AbortMultipartUpload', permission: 'WRITE' },
  accepts: ['UploadId'],
  async run(input, context) {
    const { bucket, store } = context;
    const upload = await openUpload(input, context);
    await assertOwnUpload('s3:AbortMultipartUpload', upload, context);
    if (!(await store.uploads.abort(bucket, upload))) throw noSuchUpload(input.UploadId);
    return {};
  },
});
