/** Thousands of small objects in a second or so: signed requests over a few connections, nothing parsed twice. */
import { RawConnection } from './raw-http.ts';
import { signedV4 } from './signed-request.ts';

const connections = 8;

/** For a test that has thousands of objects, on a machine that is busy with other tests. */
export const manyTimeoutMs = 150_000;

/** Stores each key with its own name as content. Keys are of letters that a path needs no escapes for. */
export async function putMany(
  port: number,
  bucket: string,
  keys: readonly string[],
): Promise<void> {
  const queue = keys.values();
  const worker = async () => {
    const connection = await RawConnection.open(port);
    try {
      for (const key of queue) {
        await connection.write(
          signedV4({ method: 'PUT', path: `/${bucket}/${key}`, body: key }).bytes,
        );
        const { status, body } = await connection.response();
        if (status !== 200) throw new Error(`${key}: ${status} ${body.toString('utf8')}`);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

/** In the order of listings: 50 folders, the keys of each beside one another. */
export const manyKeys: readonly string[] = Array.from(
  { length: 2500 },
  (_, index) => `dir-${String(index % 50).padStart(2, '0')}/key-${String(index).padStart(4, '0')}`,
).sort();
