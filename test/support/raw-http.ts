/**
 * HTTP by hand over a socket: sends exactly the bytes it is given and returns what came back, header
 * by header, interim answers (100 Continue) included. Every wait has a deadline.
 */
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** Lower-case name → last value. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface ResponseOptions {
  /** The answer to a HEAD request has no body, whatever its Content-Length says. */
  readonly head?: boolean;
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 20_000;
const crlf = '\r\n';

export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake();
    });
    socket.on('error', (error) => {
      this.#error = error;
      this.#ended = true;
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect({ port, host, noDelay: true });
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return connection;
  }

  /** Resolves once the bytes are with the kernel, or the peer has gone. */
  async write(data: Buffer | string): Promise<void> {
    if (this.#ended) return;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.write(bytes, done);
      this.#socket.once('close', done);
    });
  }

  /** Says that nothing more comes; still reads. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Bytes that came and no response has taken. */
  get pending(): number {
    return this.#received.length;
  }

  /** The next answer, interim ones too. */
  async response(options: ResponseOptions = {}): Promise<RawResponse> {
    const deadline = Date.now() + (options.deadlineMs ?? defaultDeadlineMs);
    await this.#until(() => this.#received.includes(crlf + crlf), deadline, 'the head');
    const headEnd = this.#received.indexOf(crlf + crlf);
    const head = this.#take(headEnd + 4).toString('latin1');
    const [statusLine = '', ...lines] = head.trimEnd().split(crlf);
    const match = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine);
    if (match === null) throw new Error(`Not a status line: ${JSON.stringify(statusLine)}`);
    const rawHeaders = lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      if (colon <= 0) throw new Error(`Not a header: ${JSON.stringify(line)}`);
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const headers: Record<string, string> = Object.create(null);
    for (const [name, value] of rawHeaders) headers[name.toLowerCase()] = value;
    const status = Number(match[1]);
    const body = await this.#body(status, headers, options.head === true, deadline);
    return { status, reason: match[2] ?? '', rawHeaders, headers, body };
  }

  /** Resolves when the server has closed its side. */
  async closed(deadlineMs = defaultDeadlineMs): Promise<void> {
    await this.#until(() => this.#ended, Date.now() + deadlineMs, 'the end', true);
  }

  async #body(
    status: number,
    headers: Readonly<Record<string, string>>,
    head: boolean,
    deadline: number,
  ): Promise<Buffer> {
    if (head || status < 200 || status === 204 || status === 304) return Buffer.alloc(0);
    if (headers['transfer-encoding']?.toLowerCase() === 'chunked') return this.#chunked(deadline);
    const length = headers['content-length'];
    if (length === undefined) {
      await this.#until(() => this.#ended, deadline, 'the end of the body', true);
      return this.#take(this.#received.length);
    }
    await this.#until(() => this.#received.length >= Number(length), deadline, 'the body');
    return this.#take(Number(length));
  }

  async #chunked(deadline: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      await this.#until(() => this.#received.includes(crlf), deadline, 'a chunk size');
      const line = this.#take(this.#received.indexOf(crlf) + 2).toString('latin1');
      const size = Number.parseInt(line, 16);
      if (!Number.isFinite(size)) throw new Error(`Not a chunk size: ${JSON.stringify(line)}`);
      await this.#until(() => this.#received.length >= size + 2, deadline, 'a chunk');
      chunks.push(this.#take(size));
      this.#take(2);
      if (size === 0) return Buffer.concat(chunks);
    }
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #until(
    met: () => boolean,
    deadline: number,
    what: string,
    endIsFine = false,
  ): Promise<void> {
    while (!met()) {
      if (this.#ended) {
        if (endIsFine) return;
        throw new ConnectionEnded(what, this.#error);
      }
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new DeadlinePassed(what);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** The server closed the connection before an answer was complete. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
  constructor(what: string, cause: Error | undefined) {
    super(`The connection ended before ${what}.`, { cause });
  }
}

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  constructor(what: string) {
    super(`No answer in time: waited for ${what}.`);
  }
}

/** One request on a connection of its own. Text is sent as one byte a character. */
export async function exchange(
  port: number,
  request: Buffer | string | readonly (Buffer | string)[],
  options: ResponseOptions = {},
): Promise<RawResponse> {
  const connection = await RawConnection.open(port);
  try {
    const pieces = Array.isArray(request) ? request : [request];
    const written = (async () => {
      for (const piece of pieces) await connection.write(piece as Buffer | string);
    })();
    const response = await connection.response(options);
    connection.close();
    await written;
    return response;
  } finally {
    connection.close();
  }
}

/** `PUT /path HTTP/1.1` and its headers, up to and with the empty line. */
export function requestHead(
  method: string,
  target: string,
  headers: readonly (readonly [string, string])[] | Readonly<Record<string, string | undefined>>,
): string {
  const pairs = Array.isArray(headers)
    ? (headers as readonly (readonly [string, string])[])
    : Object.entries(headers as Readonly<Record<string, string | undefined>>);
  const lines = pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join(crlf);
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
};

function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (_, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? '';
    const hex = name.slice(1, 2).toLowerCase() === 'x';
    return String.fromCodePoint(Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10));
  });
}

/** The text of the first element of that name in an XML document. */
export function element(response: RawResponse | Buffer | string, name: string): string | undefined {
  const xml =
    typeof response === 'string'
      ? response
      : (Buffer.isBuffer(response) ? response : response.body).toString('utf8');
  const match = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`).exec(xml);
  return match?.[1] === undefined ? undefined : unescapeXml(match[1]);
}

/** `411 MissingContentLength`: status and the code in the error document. */
export function outcome(response: RawResponse): string {
  const code = response.status >= 300 ? element(response, 'Code') : undefined;
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}
