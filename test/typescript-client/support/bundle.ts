/** Programs as a bundler makes them for a browser out of what is in `dist/` and `node_modules/`. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type OutputFile } from 'esbuild';

const root = join(import.meta.dirname, '..', '..', '..');

export interface Bundle {
  /** Path below the entry's folder → content; `entry.js` is the program. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Those that a page must load before it does anything: the program and what it imports. */
  readonly atOnce: readonly string[];
  /** What it was made of, as paths below the root of the repository. */
  readonly sources: readonly string[];
}

/** @param program JavaScript; its imports are found as if it were a file at the root of the repository */
export async function bundleForBrowser(program: string): Promise<Bundle> {
  const outdir = join(root, 'bundle');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: program, resolveDir: root, sourcefile: 'entry.js' },
    entryNames: 'entry',
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const nameOf = (path: string) => path.split('/').at(-1)!;
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      nameOf(path),
      output.imports
        .filter(({ kind }) => kind === 'import-statement')
        .map(({ path: to }) => nameOf(to)),
    ]),
  );
  const atOnce = new Set(['entry.js']);
  for (const name of atOnce) for (const imported of imports.get(name) ?? []) atOnce.add(imported);
  return {
    files: new Map(outputFiles.map(({ path, contents }: OutputFile) => [nameOf(path), contents])),
    atOnce: [...atOnce],
    sources: Object.keys(metafile.inputs),
  };
}

export interface Weight {
  /** Bytes, minified. */
  readonly plain: number;
  /** Bytes, minified and compressed one file at a time, as they go over the wire. */
  readonly gzip: number;
}

/** Of what a page must load at once; what is loaded when it is first needed comes later, or never. */
export function weightOf({ files, atOnce }: Bundle): Weight {
  let plain = 0;
  let gzip = 0;
  for (const name of atOnce) {
    const content = files.get(name)!;
    plain += content.length;
    gzip += gzipSync(content, { level: 9 }).length;
  }
  return { plain, gzip };
}

/** The same work by different clients: the client's table of sizes is made of these. */
export const programs = {
  'get and put': {
    kist: `import { createClientOf, GetObject, PutObject } from 'kist/client';
      globalThis.client = createClientOf([GetObject, PutObject], {});`,
    'AWS SDK': `import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
      globalThis.client = [new S3Client({}), GetObjectCommand, PutObjectCommand];`,
  },
  'every operation': {
    kist: `import { createClient } from 'kist/client';
      globalThis.client = createClient({});`,
    'AWS SDK': `import { S3 } from '@aws-sdk/client-s3';
      globalThis.client = new S3({});`,
  },
} as const;
