/** Answers to HEAD have no document: why one was refused, a GET of the same object tells. */
import { S3Error } from '../../client/s3-error.ts';
import type { ClientInput } from '../../client/types.ts';
import type { ObjectItem } from './items.ts';

/** @throws the error of the work, or that of a GET if it was HEAD that failed */
export async function inWords<Value>(
  { client }: Pick<ObjectItem, 'client'>,
  input: ClientInput<'GetObject'>,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof S3Error && error.operation === 'HeadObject' && error.status >= 400)) {
      throw error;
    }
    const { Body } = await client.getObject(input, { signal });
    // By now it can be read.
    Body.cancel();
    throw error;
  }
}
