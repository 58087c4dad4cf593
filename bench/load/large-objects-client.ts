/**
 * The client process of `large-objects.ts`: as little work a byte as Node allows. Bodies are read
 * into one buffer a connection and dropped; uploads all send the same buffer.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { quantile } from '../statistics.ts';
import type { LargeLoad, LargeResult } from './large-objects.ts';

const readBufferBytes = 1024 * 1024;
const maxHeadBytes = 64 * 1024;
const idleTimeoutMs = 120_000;

/** Progress of one answer. */
interface AnswerState {
  head: string;
  /** undefined before the head is complete, and where the body is chunked. */
  remaining: number | undefined;
  chunked: boolean;
  bodyBytes: number;
  /** The last few characters, to see the end of a chunked body. */
  tail: string;
}

const emptyAnswer = (): AnswerState => ({
  head: '',
  remaining: undefined,
  chunked: false,
  bodyBytes: 0,
  tail: '',
});

/** Takes what arrived; true at the end of the answer. Throws at any status but 2xx. */
function advance(answer: AnswerState, data: Buffer): boolean {
  let body = data;
  if (answer.remaining === undefined && !answer.chunked) {
    const before = answer.head.length;
    answer.head += data.subarray(0, maxHeadBytes).toString('latin1');
    const end = answer.head.indexOf('\r\n\r\n');
    if (end < 0) {
      if (answer.head.length >= maxHeadBytes) throw new Error('The head does not end.');
      return false;
    }
    const head = answer.head.slice(0, end);
    if (!/^HTTP\/1\.1 2/.test(head)) throw new Error(`The server answered ${answer.head}`);
    answer.chunked = /^transfer-encoding: *chunked/im.test(head);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (!answer.chunked) answer.remaining = Number(length ?? 0);
    body = data.subarray(end + 4 - before);
  }
  answer.bodyBytes += body.length;
  if (answer.remaining !== undefined) {
    answer.remaining -= body.length;
    if (answer.remaining < 0) throw new Error('The answer is longer than it said.');
    return answer.remaining === 0;
  }
  answer.tail = (answer.tail + body.subarray(-5).toString('latin1')).slice(-5);
  return answer.tail === '0\r\n\r\n';
}

/** One connection: takes heads until there are none. */
function work(load: LargeLoad, heads: string[], upload: Buffer, times: number[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let startedAt = 0;
    let answer = emptyAnswer();
    const receive = (data: Buffer) => {
      if (!advance(answer, data)) return;
      times.push(performance.now() - startedAt);
      bytes += answer.bodyBytes + upload.length;
      if (load.answerBytes !== undefined && answer.bodyBytes !== load.answerBytes) {
        throw new Error(`An answer has ${answer.bodyBytes} bytes.`);
      }
      next();
    };
    const socket = connect({
      host: load.host,
      port: load.port,
      onread: {
        buffer: Buffer.allocUnsafeSlow(readBufferBytes),
        callback(length, buffer) {
          try {
            receive((buffer as Buffer).subarray(0, length));
          } catch (error) {
            socket.destroy(error as Error);
          }
          return true;
        },
      },
    });
    const next = () => {
      const head = heads.pop();
      if (head === undefined) {
        socket.end();
        resolve(bytes);
        return;
      }
      answer = emptyAnswer();
      startedAt = performance.now();
      socket.cork();
      socket.write(head, 'latin1');
      if (upload.length > 0) socket.write(upload);
      socket.uncork();
    };
    socket.setNoDelay(true);
    socket.setTimeout(idleTimeoutMs, () => socket.destroy(new Error('Nothing moves.')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed the connection.')));
    socket.on('connect', next);
  });
}

const load = JSON.parse(process.argv[2] ?? '') as LargeLoad;
const heads = readFileSync(load.requestsFile, 'latin1').split('\0').slice(0, -1).reverse();
const upload = randomFillSync(Buffer.allocUnsafeSlow(load.uploadBytes));
const requests = heads.length;
const times: number[] = [];
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const bytes = await Promise.all(
  Array.from({ length: load.connections }, () => work(load, heads, upload, times)),
);
const durationUs = (performance.now() - startedAt) * 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const result: LargeResult = {
  requests,
  durationUs,
  bytes: bytes.reduce((sum, count) => sum + count, 0),
  p50Us:
    quantile(
      times.sort((a, b) => a - b),
      0.5,
    ) * 1000,
  cpuUs: user + system,
};
console.log(JSON.stringify(result));
