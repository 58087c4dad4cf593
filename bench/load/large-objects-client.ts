/**
 * The client process of `large-objects.ts`: as little work a byte as Node allows. Bodies are read
 * into one buffer a connection and dropped; uploads all send the same buffer.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createAnswerParser } from '../../src/cli/bench/answer-parser.ts';
import { quantile } from '../statistics.ts';
import type { LargeLoad, LargeResult } from './large-objects.ts';

const readBufferBytes = 1024 * 1024;
const idleTimeoutMs = 120_000;

/** One connection: takes heads until there are none. */
function work(load: LargeLoad, heads: string[], upload: Buffer, times: number[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let startedAt = 0;
    const answer = createAnswerParser();
    const receive = (data: Buffer) => {
      if (!answer.take(data)) return;
      times.push(performance.now() - startedAt);
      bytes += answer.bodyBytes() + upload.length;
      if (answer.status() >= 300) {
        throw new Error(`The server answered ${answer.status()}: ${answer.body()}`);
      }
      if (load.answerBytes !== undefined && answer.bodyBytes() !== load.answerBytes) {
        throw new Error(`An answer has ${answer.bodyBytes()} bytes.`);
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
      answer.expect(false, false);
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
