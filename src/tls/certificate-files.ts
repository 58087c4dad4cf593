/**
 * Where certificates are on disk: the pair of `tlsCert` and `tlsKey`, the file of ACME, and those in the directory of
 * `tlsCertificates`, as `NAME.crt` with `NAME.key`, or in a directory `NAME` as certbot (`fullchain.pem`,
 * `privkey.pem`) or Kubernetes (`tls.crt`, `tls.key`) leave them.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateError } from './certificate.ts';
import type { CertificateProblem } from './tls-source.ts';

/** What the certificate of ACME is called. */
export const acmePairName = 'acmeDomains';

/** Of one file; a chain has some kB. */
const maxPemBytes = 1024 * 1024;
/** In one directory. */
const maxPairs = 1000;

/** The settings that say where. */
export interface CertificatePlaces {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsCertificates?: string | undefined;
  /** The path of a file with key and chain. */
  readonly acmeCertificate?: string | undefined;
}

export interface PairFiles {
  readonly name: string;
  /** Paths. */
  readonly certificate: string;
  readonly key: string;
}

export interface FoundPairs {
  /** `tlsCert` first, then that of ACME, then those of the directory by name. */
  readonly pairs: readonly PairFiles[];
  /** What is in the directory and no pair. */
  readonly problems: readonly CertificateProblem[];
}

/** File names in a directory of a pair's own. */
const ownDirectory = [
  ['fullchain.pem', 'privkey.pem'],
  ['tls.crt', 'tls.key'],
] as const;

export async function findPairs(places: CertificatePlaces): Promise<FoundPairs> {
  const { tlsCert, tlsKey, tlsCertificates, acmeCertificate: acme } = places;
  const given =
    tlsCert === undefined || tlsKey === undefined
      ? []
      : [{ name: 'tlsCert', certificate: tlsCert, key: tlsKey }];
  const ordered = acme === undefined ? [] : [{ name: acmePairName, certificate: acme, key: acme }];
  const first = [...given, ...ordered];
  if (tlsCertificates === undefined) return { pairs: first, problems: [] };
  try {
    const { pairs, problems } = await pairsIn(tlsCertificates);
    return { pairs: [...first, ...pairs], problems };
  } catch (error) {
    const reason = `the directory ${tlsCertificates} cannot be read: ${reasonOf(error)}`;
    return { pairs: first, problems: [{ name: 'tlsCertificates', reason }] };
  }
}

async function pairsIn(directory: string): Promise<FoundPairs> {
  const pairs: PairFiles[] = [];
  const problems: CertificateProblem[] = [];
  const entries = new Set((await readdir(directory)).filter((name) => !name.startsWith('.')));
  const refuse = (name: string, reason: string): void => void problems.push({ name, reason });
  for (const entry of [...entries].sort()) {
    const path = join(directory, entry);
    const { name, sort } = nameOf(entry);
    if (sort === 'crt' && entries.has(`${name}.key`)) {
      pairs.push({ name, certificate: path, key: join(directory, `${name}.key`) });
    } else if (sort === 'crt') {
      refuse(name, `${path} has no ${name}.key beside it`);
    } else if (sort === 'key') {
      if (!entries.has(`${name}.crt`)) refuse(name, `${path} has no ${name}.crt beside it`);
    } else if (sort === 'other form') {
      refuse(name, `${path}: pairs are called NAME.crt and NAME.key here; rename it`);
    } else if (sort === 'any' && (await stat(path)).isDirectory()) {
      const own = await ownPair(name, path);
      if (own === undefined) {
        refuse(name, `${path} holds neither fullchain.pem and privkey.pem nor tls.crt and tls.key`);
      } else pairs.push(own);
    }
  }
  const names = pairs.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    refuse(twice, `${directory} has both ${twice}.crt and a directory of it`);
  if (pairs.length > maxPairs) {
    refuse('tlsCertificates', `${directory} has more than ${maxPairs} certificates`);
  }
  return { pairs: pairs.filter(({ name }) => name !== twice).slice(0, maxPairs), problems };
}

/** What a directory's entry is, by its name. Readme files and the like are nothing. */
function nameOf(entry: string) {
  const [, stem = '', extension = ''] = /^(.*)\.(crt|key|pem|cer|der|p12|pfx)$/i.exec(entry) ?? [];
  if (stem === '') return { name: entry, sort: 'any' } as const;
  if (extension === 'crt' || extension === 'key') return { name: stem, sort: extension } as const;
  return { name: stem, sort: 'other form' } as const;
}

async function ownPair(name: string, directory: string): Promise<PairFiles | undefined> {
  const entries = await readdir(directory);
  const files = ownDirectory.find((names) => names.every((each) => entries.includes(each)));
  if (files === undefined) return undefined;
  return { name, certificate: join(directory, files[0]), key: join(directory, files[1]) };
}

export interface ReadPair {
  readonly certificate: string;
  readonly key: string;
  /** Everybody on the machine can read the key. */
  readonly isKeyOpen: boolean;
}

/** @throws CertificateError */
export async function readPairFiles(files: PairFiles): Promise<ReadPair> {
  const certificate = await readPem(files.certificate);
  // Read once: another one may be put in its place meanwhile.
  const key = files.key === files.certificate ? certificate : await readPem(files.key);
  return {
    certificate: certificate.text,
    key: key.text,
    isKeyOpen: (key.mode & 0o007) !== 0,
  };
}

/** The mode is that of the file that was read, whatever links lead to it. */
async function readPem(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size, mode } = await file.stat();
      if (size > maxPemBytes) {
        throw new CertificateError(`${path} has more than ${maxPemBytes} bytes`);
      }
      return { text: await file.readFile('utf8'), mode };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof CertificateError) throw cause;
    throw new CertificateError(`${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'ENOTDIR') return 'it is not a directory';
  return error instanceof Error ? error.message : String(error);
}
