/**
 * RestoreObject. No storage class here is an archive, so there is never anything to restore: the answer is the one
 * that S3 gives for such objects.
 */
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const RestoreObject = defineOperation({
  name: 'RestoreObject',
  access: { on: 'object', action: 's3:RestoreObject', permission: undefined },
  accepts: ['RestoreRequest', 'VersionId'],
  run({ RestoreRequest: request }, { object }) {
    if (request === undefined) throw new S3Error('MalformedXML');
    if (request.Days !== undefined && request.Days < 1) {
      throw new S3Error('InvalidArgument', {
        message: 'restoration days should be at least 1',
        fields: { ArgumentName: 'Days', ArgumentValue: String(request.Days) },
      });
    }
    throw new S3Error('InvalidObjectState', {
      message: "Restore is not allowed for the object's current storage class",
      fields: { StorageClass: object.storageClass },
    });
  },
});
