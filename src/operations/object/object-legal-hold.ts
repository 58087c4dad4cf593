/** GetObjectLegalHold and PutObjectLegalHold: a lock without an end, beside any retention. */
import { S3Error } from '../../protocol/errors.ts';
import { assertObjectLock } from '../object-lock.ts';
import { defineOperation } from '../operation.ts';
import { changeObject } from './change-object.ts';

export const GetObjectLegalHold = defineOperation({
  name: 'GetObjectLegalHold',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:GetObjectLegalHold',
    permission: undefined,
  },
  accepts: ['VersionId'],
  run(_input, { bucket, object }) {
    assertObjectLock(bucket);
    const legalHold = object.lock?.legalHold;
    if (legalHold === undefined) throw new S3Error('NoSuchObjectLockConfiguration');
    return { LegalHold: { Status: legalHold } };
  },
});

export const PutObjectLegalHold = defineOperation({
  name: 'PutObjectLegalHold',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:PutObjectLegalHold',
    permission: undefined,
  },
  accepts: ['LegalHold', 'VersionId'],
  async run(input, context) {
    assertObjectLock(context.bucket);
    const legalHold = input.LegalHold?.Status;
    if (legalHold === undefined) throw new S3Error('MalformedXML');
    await changeObject(input, context, (now) => ({ ...now, lock: { ...now.lock, legalHold } }));
    return {};
  },
});
