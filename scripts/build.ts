/**
 * Builds `dist/`: the types as the compiler writes them, the code as a few files, since loading hundreds of
 * small ones was half of the time that a server took to start. Packages stay outside, names stay legible.
 * Server, client and the commands that speak with servers share no file: what one of them loads is not cut into more
 * pieces by the others.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

/**
 * CommonJS packages are required where the source imports them: Node takes two to five times as long for the import
 * of one, since it first looks through the text for what kind of module it is and which names it exports.
 */
const requireCommonJs: Plugin = {
  name: 'require-common-js',
  setup({ onResolve, onLoad }) {
    const namespace = 'common-js';
    const filter = /^(@node-rs\/crc32|commander|lmdb|saxes)$/;
    onResolve({ filter }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace } : { path, external: true },
    );
    onLoad({ filter, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

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

const lateCommands: Plugin = {
  name: 'late-commands',
  setup({ onResolve }) {
    onResolve({ filter: /\/late-commands\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: '../cli/late-commands.js', external: true } : undefined,
    );
  },
};

const onNode = {
  ...options,
  outdir: 'dist',
  platform: 'node',
  target: 'node20.19',
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
} as const;

await build({
  ...onNode,
  entryPoints: ['src/index.ts', 'src/cli/main.ts'],
  // As deep as the entry of the command: what is found relative to a file is found from both.
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [requireCommonJs, lateCommands],
});
await build({
  ...onNode,
  entryPoints: { 'cli/late-commands': 'src/cli/late-commands.ts' },
  chunkNames: 'commands/[name]-[hash]',
  plugins: [requireCommonJs],
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
