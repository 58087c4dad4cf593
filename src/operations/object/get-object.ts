/** GetObject: conditions, ranges, parts, response overrides and checksums as S3 has them. */

import type { GetObjectOutput } from '../../model/types.gen.ts';
import type { BytesOut } from '../../store/store.ts';
import type { OperationContext } from '../operation.ts';
import { defineOperation } from '../operation.ts';
import { readObject } from '../read-object.ts';
import { type Representation, readAccess, readMembers, representation } from './representation.ts';

/** Reads up to this many bytes are over before anybody could stop them. */
const maxUnwatchedBytes = 256 * 1024;

export const GetObject = defineOperation({
  name: 'GetObject',
  access: readAccess,
  accepts: readMembers,
  // A small object is answered in one turn: each await is a promise and a microtask, and there were six.
  run(input, context) {
    const found = representation(input, context);
    return found instanceof Promise
      ? found.then((represented) => read(represented, context))
      : read(found, context);
  },
});

function read(represented: Representation, context: OperationContext) {
  const { range, key } = represented;
  const signal = range.end - range.start > maxUnwatchedBytes ? context.signal : undefined;
  const bytes = readObject(context.object, range, context, key, signal);
  return bytes instanceof Promise
    ? bytes.then((read) => outputOf(represented, read))
    : outputOf(represented, bytes);
}

function outputOf({ range, headers }: Representation, bytes: BytesOut): GetObjectOutput {
  const Body = Buffer.isBuffer(bytes)
    ? bytes
    : {
        length: range.end - range.start,
        recycle: bytes.recycle,
        [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
      };
  return Object.assign(headers, { Body });
}
