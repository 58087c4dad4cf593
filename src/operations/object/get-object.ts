/** GetObject: conditions, ranges, parts, response overrides and checksums as S3 has them. */
import { defineOperation } from '../operation.ts';
import { readObject } from '../read-object.ts';
import { readAccess, readMembers, representation } from './representation.ts';

/** Reads up to this many bytes are over before anybody could stop them. */
const maxUnwatchedBytes = 256 * 1024;

export const GetObject = defineOperation({
  name: 'GetObject',
  access: readAccess,
  accepts: readMembers,
  async run(input, context) {
    const { range, headers, key } = await representation(input, context);
    const { start, end } = range;
    const signal = end - start > maxUnwatchedBytes ? context.signal : undefined;
    const bytes = await readObject(context.object, range, context, key, signal);
    if (Buffer.isBuffer(bytes)) return { ...headers, Body: bytes };
    const Body = {
      length: end - start,
      [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
    };
    return { ...headers, Body };
  },
});
