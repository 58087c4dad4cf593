/** The slower of MD5 and of a plain write with fdatasync, as a reference: ../peers/hash-and-write.ts. */
import { join } from 'node:path';
import { onCores } from '../layout.ts';
import type { HashAndWrite } from '../peers/hash-and-write.ts';
import { nodeCommand, runForJson } from '../processes.ts';
import type { Reference } from './scenario.ts';

const file = join(import.meta.dirname, '..', 'peers', 'hash-and-write.ts');
const times = 5;
const quickTimes = 2;

export function hashAndWrite(objectBytes: number): Reference {
  return {
    name: 'hash-and-write',
    about: 'the slower of MD5 on one core and a plain write of a file, each alone in a process',
    fsync: 'fdatasync after each file',
    async open(context) {
      const { layout, options } = context;
      const directory = context.makeDirectory('hash-and-write');
      const repeats = options.quick ? quickTimes : times;
      const command = nodeCommand(file, directory, String(objectBytes), String(repeats));
      return {
        async measure() {
          const found = await runForJson(onCores(layout, layout.serverCores, command));
          const { md5Us, writeUs } = found as HashAndWrite;
          const slowerUs = Math.max(md5Us, writeUs);
          return { rate: objectBytes / 1024 ** 2 / (slowerUs / 1e6), p50: slowerUs / 1000 };
        },
        close: async () => {},
      };
    },
  };
}
