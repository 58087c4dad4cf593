/**
 * SelectObjectContent: SQL over one object, answered as an event stream.
 *
 * What is wrong before the first event is an error document with its own status; later, a message of the
 * stream. Anonymous callers are refused, as S3 does.
 */

import { scanRangeOf } from '../../features/select/scan-range.ts';
import { selectObjectContent } from '../../features/select/select.ts';
import { inputOf, outputOf } from '../../features/select/serialization.ts';
import { parseQuery } from '../../features/select/sql/parse-query.ts';
import type { SelectObjectContentRequest } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { customerKey, customerKeyMembers } from '../object-encryption.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { assertReadable, readObject } from '../read-object.ts';
import { resumed } from '../resumed-stream.ts';

export const SelectObjectContent = defineOperation({
  name: 'SelectObjectContent',
  access: { on: 'object', action: 's3:GetObject', permission: 'READ' },
  accepts: [
    ...customerKeyMembers,
    'Expression',
    'ExpressionType',
    'InputSerialization',
    'OutputSerialization',
    'RequestProgress',
    'ScanRange',
  ],
  async run(input, context) {
    if (context.caller.kind === 'anonymous') throw new S3Error('AccessDenied');
    const events = openEvents(input, context);
    // What fails at once is a plain error.
    return { Payload: resumed(await events.next(), events) };
  },
});

function openEvents(input: SelectObjectContentRequest, context: OperationContext) {
  const { object, signal, now } = context;
  const key = customerKey(input, context);
  assertReadable(object, key, context);
  const serialization = inputOf(input.InputSerialization);
  const request = {
    query: parseQuery(input.Expression),
    input: serialization,
    output: outputOf(input.OutputSerialization),
    range: scanRangeOf(input.ScanRange ?? {}, serialization, object.size),
    progress: input.RequestProgress?.Enabled ?? false,
  };
  return selectObjectContent(request, {
    size: object.size,
    read: async (start, end) => readObject(object, { start, end }, context, key, signal),
    now,
    signal,
  });
}
