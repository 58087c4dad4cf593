/** A client that says exactly what it is told to, for tests of the edge. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawConnection {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  write(text: string | Buffer): void;
  /** What came and was not taken by `answer`, one character per byte. */
  text(): string;
  /** The next answer; the method tells whether it has a body. Throws if the connection closes first. */
  answer(method?: string): Promise<Answer>;
}

/** A connection that reads answers one by one. Over TLS it trusts anybody. */
export function openConnection(port: number, tls = false): RawConnection {
  const socket = tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1');
  let received = '';
  let over = false;
  let changed: () => void = () => undefined;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    received += data.toString('latin1');
    changed();
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      over = true;
      changed();
      resolve();
    });
  });
  return {
    socket,
    closed,
    text: () => received,
    write: (text) => socket.write(text),
    async answer(method = 'GET') {
      for (;;) {
        const parsed = parse(received, method);
        if (parsed !== undefined) {
          received = received.slice(parsed.length);
          return parsed.answer;
        }
        if (over) throw new Error(`connection closed after ${JSON.stringify(received)}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
  };
}

function parse(text: string, method: string): { answer: Answer; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first, ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(first!.split(' ')[1]);
  const bodiless = method === 'HEAD' || status === 100 || status === 204 || status === 304;
  const size = bodiless ? 0 : Number(headers['content-length']);
  if (text.length < end + 4 + size) return undefined;
  const body = text.slice(end + 4, end + 4 + size);
  return { answer: { status, headers, body }, length: end + 4 + size };
}

/** The S3 error code of an answer. */
export function code(answer: Answer): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(answer.body)?.[1];
}
