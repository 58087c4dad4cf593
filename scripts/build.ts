/**
 * Builds `dist/`: the types as the compiler writes them, the code as a few files, since loading hundreds of
 * small ones was half of the time that a server took to start. Packages stay outside, names stay legible.
 * Server and client share no file.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
} as const;

await build({
  ...options,
  entryPoints: ['src/index.ts', 'src/cli/main.ts'],
  outdir: 'dist',
  // As deep as the entry of the command: what is found relative to a file is found from both.
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20.19',
});
// Apart from the server, so that who bundles the client for a browser gets nothing of it. Bundlers leave out what
// a program doesn't use: `sideEffects` of package.json says that they may.
await build({
  ...options,
  entryPoints: ['src/client/index.ts', 'src/client/web.ts'],
  outdir: 'dist/client',
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'neutral',
  target: 'es2022',
});
