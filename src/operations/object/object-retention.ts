/** GetObjectRetention and PutObjectRetention. An empty Retention removes it. Event holds are refused by name. */
import { assertRetentionChange, type Retention } from '../../features/object-lock/rules.ts';
import type { ObjectLockRetention } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertInFuture, assertObjectLock, bypassesGovernance } from '../object-lock.ts';
import { defineOperation } from '../operation.ts';
import { changeObject } from './change-object.ts';

export const GetObjectRetention = defineOperation({
  name: 'GetObjectRetention',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:GetObjectRetention',
    permission: undefined,
  },
  accepts: ['VersionId'],
  run(_input, { bucket, object }) {
    assertObjectLock(bucket);
    const { mode, retainUntil } = object.lock ?? {};
    if (mode === undefined) throw new S3Error('NoSuchObjectLockConfiguration');
    return { Retention: { Mode: mode, RetainUntilDate: new Date(retainUntil!) } };
  },
});

export const PutObjectRetention = defineOperation({
  name: 'PutObjectRetention',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:PutObjectRetention',
    permission: undefined,
  },
  accepts: ['Retention', 'VersionId', 'BypassGovernanceRetention'],
  async run(input, context) {
    assertObjectLock(context.bucket);
    const next = retentionOf(input.Retention, context.now());
    const { Key, BypassGovernanceRetention } = input;
    const bypass = await bypassesGovernance(BypassGovernanceRetention, Key, context);
    await changeObject(input, context, (now) => {
      assertRetentionChange(now.lock, next, context.now(), bypass);
      const { mode, retainUntil } = next ?? {};
      return { ...now, lock: { ...now.lock, mode, retainUntil } };
    });
    return {};
  },
});

/** Undefined to remove it. */
function retentionOf(element: ObjectLockRetention | undefined, now: number): Retention | undefined {
  if (element === undefined) throw new S3Error('MalformedXML');
  const { Mode: mode, RetainUntilDate: until, EventHold, EventHoldDuration } = element;
  if (EventHold !== undefined || EventHoldDuration !== undefined) {
    throw new S3Error('NotImplemented', {
      message: 'An event hold is not implemented.',
      fields: { Header: EventHold === undefined ? 'EventHoldDuration' : 'EventHold' },
    });
  }
  if (mode === undefined && until === undefined) return undefined;
  if (mode === undefined || until === undefined) throw new S3Error('MalformedXML');
  assertInFuture(until, now);
  return { mode, retainUntil: until.getTime() };
}
