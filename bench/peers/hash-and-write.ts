/**
 * A reference for large PUTs: what no server can beat that computes an MD5 ETag on one core for each
 * connection and writes durably. Times both alone, in turns, and prints the medians as JSON.
 *
 * `hash-and-write.ts DIRECTORY BYTES TIMES`.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { spreadOf } from '../statistics.ts';

const blockBytes = 1024 * 1024;

export interface HashAndWrite {
  readonly md5Us: number;
  readonly writeUs: number;
}

function hash(body: Buffer): void {
  const md5 = createHash('md5');
  for (let at = 0; at < body.length; at += blockBytes)
    md5.update(body.subarray(at, at + blockBytes));
  md5.digest();
}

function write(body: Buffer, file: string): void {
  const descriptor = openSync(file, 'wx');
  for (let at = 0; at < body.length; ) {
    at += writeSync(descriptor, body, at, Math.min(blockBytes, body.length - at));
  }
  fdatasyncSync(descriptor);
  closeSync(descriptor);
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) * 1000;
}

const [directory, bytes, times] = process.argv.slice(2);
const here = mkdtempSync(join(directory!, 'round-'));
const body = randomFillSync(Buffer.allocUnsafeSlow(Number(bytes)));
const md5: number[] = [];
const writes: number[] = [];
for (let time = 0; time < Number(times); time += 1) {
  const file = join(here, `written-${time}`);
  md5.push(timed(() => hash(body)));
  // The files stay until the end of the run, as a server's do: else each would reuse the memory of the one
  // before, and on a virtual machine the first use of a page costs several times the copy.
  writes.push(timed(() => write(body, file)));
}
const result: HashAndWrite = { md5Us: spreadOf(md5).median, writeUs: spreadOf(writes).median };
console.log(JSON.stringify(result));
