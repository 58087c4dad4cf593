/** The bucket of a bench: found or made before, and left as it was afterwards. */
import { createHash } from 'node:crypto';
import { BenchError } from './bench-error.ts';
import { createConnection } from './connection.ts';
import { errorCode } from './load.ts';
import { type PlainRequest, requestHead } from './request-head.ts';
import type { BenchTarget } from './target.ts';

/** Pages of a list that is emptied; more than any run stores, so that no server is asked for ever. */
const maxPages = 1_000_000;

export interface BenchBucket {
  /** @throws BenchError if it is not there or may not be used. */
  find(): Promise<void>;
  make(): Promise<void>;
  /** Everything below the prefix, versions too. `onRemoved` is told how many so far. */
  empty(onRemoved: (objects: number) => void): Promise<void>;
  /** The bucket itself. */
  remove(): Promise<void>;
  close(): void;
}

export function createBenchBucket(target: BenchTarget): BenchBucket {
  const connection = createConnection(target.peer);
  const path = `/${target.bucket}`;

  const send = (plain: PlainRequest, body: Buffer = Buffer.alloc(0)) =>
    new Promise<{ readonly status: number; readonly body: Buffer }>((resolve, reject) => {
      const headers = { ...plain.headers, 'content-length': String(body.length) };
      const head = requestHead(target, { ...plain, headers }, Date.now());
      connection.send({ head, bodyBytes: body.length, body, keepBody: true }, (failure) => {
        const { answer } = connection;
        if (failure === undefined) resolve({ status: answer.status(), body: answer.body() });
        else reject(new BenchError(`${target.host} cannot be reached: ${failure.message}`));
      });
    });

  const demand = async (what: string, plain: PlainRequest, body?: Buffer): Promise<string> => {
    const answer = await send(plain, body);
    if (answer.status < 300) return answer.body.toString('utf8');
    const code = errorCode(answer.status, answer.body);
    throw new BenchError(`${what} was refused: ${code} (${answer.status}).`);
  };

  const named = `The bucket ${target.bucket}`;

  const isVersioned = async (): Promise<boolean> => {
    const answer = await send({ method: 'GET', path, query: 'versioning=' });
    // A server that doesn't know versions has none.
    return answer.status < 300 && answer.body.includes('<Status>');
  };

  return {
    async find() {
      const query = `list-type=2&max-keys=1&prefix=${encodeURIComponent(target.prefix)}`;
      await demand(`${named} cannot be used: listing it`, { method: 'GET', path, query });
    },

    async make() {
      const { region } = target;
      const xml =
        region === 'us-east-1'
          ? ''
          : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      await demand(`Making the bucket ${target.bucket}`, { method: 'PUT', path }, Buffer.from(xml));
    },

    async empty(onRemoved) {
      const versions = await isVersioned();
      const prefix = encodeURIComponent(target.prefix);
      const query = versions ? `prefix=${prefix}&versions=` : `list-type=2&prefix=${prefix}`;
      let removed = 0;
      for (let page = 0; page < maxPages; page++) {
        const listed = await demand(`Listing ${target.bucket}`, { method: 'GET', path, query });
        const objects = identifiersIn(listed);
        if (objects.length === 0) return;
        const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`);
        const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
        const what = `Removing what was stored in ${target.bucket}`;
        const answer = await demand(
          what,
          { method: 'POST', path, query: 'delete=', headers },
          body,
        );
        const refused = /<Error>.*?<Code>(\w+)<\/Code>/s.exec(answer)?.[1];
        if (refused !== undefined) throw new BenchError(`${what} was refused: ${refused}.`);
        removed += objects.length;
        onRemoved(removed);
      }
    },

    async remove() {
      await demand(`Removing the bucket ${target.bucket}`, { method: 'DELETE', path });
    },
    close: connection.close,
  };
}

/** The `Object` elements of a DeleteObjects request for all that a list names; keys need no escaping. */
function identifiersIn(list: string): readonly string[] {
  const entries = list.matchAll(
    /<(Contents|Version|DeleteMarker)>.*?<Key>([^<]*)<\/Key>(.*?)<\/\1>/gs,
  );
  return [...entries].map(([, , key, rest]) => {
    const version = /<VersionId>[^<]*<\/VersionId>/.exec(rest!)?.[0] ?? '';
    return `<Object><Key>${key}</Key>${version}</Object>`;
  });
}
