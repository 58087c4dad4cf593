/**
 * The runtimes beside Node that the client runs in: their binaries as npm has them for each platform, unpacked into
 * `.cache/tools` by `scripts/setup-tests.ts`. Versions are pinned, so that every machine tests the same.
 */
import { join } from 'node:path';
import { toolsDirectory } from '../../support/find-program.ts';

export interface RuntimePackage {
  readonly version: string;
  /** In the registry, for this platform; undefined where there is none. */
  readonly package: string | undefined;
  /** Path of the binary in the package. */
  readonly binary: string;
}

export type RuntimeName = 'bun' | 'deno';

export const runtimesDirectory = join(toolsDirectory, 'runtimes');

const platform = `${process.platform}-${process.arch}`;

/** Those of Bun run on processors without AVX2, too. */
const bunPackages: Readonly<Record<string, string>> = {
  'linux-x64': '@oven/bun-linux-x64-baseline',
  'linux-arm64': '@oven/bun-linux-aarch64',
  'darwin-x64': '@oven/bun-darwin-x64-baseline',
  'darwin-arm64': '@oven/bun-darwin-aarch64',
};

const denoPackages: Readonly<Record<string, string>> = {
  'linux-x64': '@deno/linux-x64-glibc',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'darwin-x64': '@deno/darwin-x64',
  'darwin-arm64': '@deno/darwin-arm64',
};

export const runtimes: Readonly<Record<RuntimeName, RuntimePackage>> = {
  bun: { version: '1.4.5', package: bunPackages[platform], binary: 'bin/bun' },
  deno: { version: '2.9.6', package: denoPackages[platform], binary: 'deno' },
};

/** Path of the binary, whether it is there or not; undefined if there can be none. */
export function runtimeProgram(name: RuntimeName): string | undefined {
  const { package: holder, binary } = runtimes[name];
  return holder === undefined
    ? undefined
    : join(runtimesDirectory, 'node_modules', ...holder.split('/'), binary);
}
