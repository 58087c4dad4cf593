/** GetObject: conditions, ranges, parts, response overrides and checksums as S3 has them. */
import { defineOperation } from '../operation.ts';
import { readMembers, representation } from './representation.ts';

/** Reads up to this many bytes are over before anybody could stop them. */
const maxUnwatchedBytes = 256 * 1024;

export const GetObject = defineOperation({
  name: 'GetObject',
  access: { on: 'object', action: 's3:GetObject', permission: 'READ' },
  accepts: readMembers,
  async run(input, context) {
    const { object, store } = context;
    const { range, headers } = await representation(input, context);
    const { start, end } = range;
    const signal = end - start > maxUnwatchedBytes ? context.signal : undefined;
    const bytes = await store.objects.read(object, start, end, signal);
    if (Buffer.isBuffer(bytes)) return { ...headers, Body: bytes };
    const Body = {
      length: end - start,
      [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
    };
    return { ...headers, Body };
  },
});
