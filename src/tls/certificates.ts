/**
 * The certificates of a server, taken from their files at the start and again whenever those change.
 *
 * At the start everything must be right. Later nothing that is wrong takes away what works: a certificate whose
 * files are broken or gone stays in use, and what is wrong is told once, in the log and in the state. Files are
 * read, not watched: certbot and Kubernetes replace links, of which watchers see nothing, and so do network file
 * systems.
 */
import { createHash } from 'node:crypto';
import type { Log } from '../observe/log.ts';
import { CertificateError, readCertificatePair } from './certificate.ts';
import {
  acmePairName,
  type CertificatePlaces,
  findPairs,
  type PairFiles,
  readPairFiles,
} from './certificate-files.ts';
import {
  type CertificatePair,
  type CertificateProblem,
  holdTlsState,
  type TlsSource,
} from './tls-source.ts';

const ticketKeyBytes = 48;
/** Whoever gets hold of a ticket key can read the TLS 1.2 sessions that were resumed with it. */
const ticketKeyLifeMs = 12 * 3_600_000;
/** A certificate that expires sooner is warned of. */
const expiryWarningMs = 14 * 86_400_000;

export interface CertificatesOptions {
  readonly places: CertificatePlaces;
  /** Between two looks at the files. */
  readonly reloadMs: number;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

export interface Certificates extends TlsSource {
  /** Reads the files again, now. `forget`: certificates whose files are gone are no longer used. */
  look(options?: { readonly forget?: boolean }): Promise<void>;
  /** Looks no more. */
  close(): void;
}

/** Certificates that a server cannot start with. */
export class CertificatesError extends Error {
  override readonly name = 'CertificatesError';
  /** A sentence for each. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

interface Taken {
  /** Of both files' content. */
  readonly digest: string;
  readonly pair: CertificatePair;
}

/** @throws CertificatesError */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const { log, now } = options;
  const newTicketKeys = () => options.randomBytes(ticketKeyBytes).toString('base64');
  const first = await readAll(options.places, new Map(), now());
  if (first.problems.length === 0 && first.taken.length === 0) {
    throw new CertificatesError([
      `tlsCertificates: the directory ${options.places.tlsCertificates} holds no certificates.`,
    ]);
  }
  if (first.problems.length > 0) {
    throw new CertificatesError(first.problems.map(({ name, reason }) => `${name}: ${reason}.`));
  }

  let taken: ReadonlyMap<string, Taken> = new Map();
  const told = new Map<string, string>();
  /** By name, which warning was given for which time of expiry. */
  const warned = new Map<string, string>();
  let ticketKeys = newTicketKeys();
  let ticketKeysSince = now();
  const holder = holdTlsState({ pairs: pairsOf(first.taken), ticketKeys, problems: [] });
  use(first);

  function use(read: ReadPairs): void {
    for (const { pair, digest } of read.taken) {
      if (taken.get(pair.name)?.digest === digest) continue;
      const { name, names, expiresAt } = pair;
      const expires = new Date(expiresAt).toISOString();
      log.info('certificate in use', { name, names: names.join(', '), expires });
      if (read.openKeys.has(name)) {
        log.warn('every user of this machine can read the key of a certificate: chmod 600', {
          name,
        });
      }
    }
    taken = new Map(read.taken.map((each) => [each.pair.name, each]));
    tellProblems(read.problems);
    tellExpiry();
  }

  function tellProblems(problems: readonly CertificateProblem[]): void {
    for (const name of told.keys()) {
      if (!problems.some((problem) => problem.name === name)) told.delete(name);
    }
    for (const { name, reason } of problems) {
      if (told.get(name) === reason) continue;
      told.set(name, reason);
      const stays = taken.has(name) ? ', the one before stays in use' : '';
      log.error(`certificate refused${stays}`, { name, reason });
    }
  }

  function tellExpiry(): void {
    for (const [name, { pair }] of taken) {
      const leftMs = pair.expiresAt - now();
      // That of ACME may live for less; whoever renews it tells of failures.
      if (leftMs > (name === acmePairName ? 0 : expiryWarningMs)) continue;
      const expires = new Date(pair.expiresAt).toISOString();
      const words = leftMs > 0 ? 'certificate expires soon' : 'certificate has expired';
      if (warned.get(name) === words + expires) continue;
      warned.set(name, words + expires);
      log.warn(words, { name, expires });
    }
  }

  async function lookNow(forget: boolean): Promise<void> {
    const read = await readAll(options.places, taken, now(), forget);
    const before = holder.current();
    use(read);
    const isOld = now() - ticketKeysSince >= ticketKeyLifeMs;
    if (isOld) {
      ticketKeys = newTicketKeys();
      ticketKeysSince = now();
    }
    const state = { pairs: pairsOf(read.taken), ticketKeys, problems: read.problems };
    if (JSON.stringify(state) !== JSON.stringify(before)) holder.set(state);
  }

  let looking = Promise.resolve();
  const look = (forget = false): Promise<void> => {
    looking = looking
      .then(() => lookNow(forget))
      .catch((error: unknown) => log.error('certificates cannot be read again', { error }));
    return looking;
  };
  const timer = setInterval(() => void look(), options.reloadMs);
  timer.unref();

  return {
    current: holder.current,
    onChange: holder.onChange,
    look: ({ forget = false } = {}) => look(forget),
    close: () => clearInterval(timer),
  };
}

interface ReadPairs {
  /** In order; the first one is for clients that name no server. */
  readonly taken: readonly Taken[];
  readonly problems: readonly CertificateProblem[];
  /** By name, those whose key everybody can read. */
  readonly openKeys: ReadonlySet<string>;
}

/** What is on disk, and of `before` what is broken or gone there. */
async function readAll(
  places: CertificatePlaces,
  before: ReadonlyMap<string, Taken>,
  now: number,
  forget = false,
): Promise<ReadPairs> {
  const found = await findPairs(places);
  const problems = [...found.problems];
  const taken = new Map<string, Taken>();
  const openKeys = new Set<string>();
  for (const files of found.pairs) {
    const { name } = files;
    try {
      const { read, isKeyOpen } = await readOne(files, before.get(name), now);
      taken.set(name, read);
      if (isKeyOpen) openKeys.add(name);
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      problems.push({ name, reason: error.message });
    }
  }
  for (const [name, each] of before) {
    if (taken.has(name)) continue;
    const isGone = !problems.some((problem) => problem.name === name);
    const isUnread = problems.some((problem) => problem.name === 'tlsCertificates');
    if (isGone && !isUnread && forget && taken.size > 0) continue;
    taken.set(name, each);
    const reason = 'its files are gone; SIGHUP or a restart takes it out of use';
    if (isGone && !isUnread) problems.push({ name, reason });
  }
  return { taken: [...taken.values()].sort(inOrder), problems, openKeys };
}

async function readOne(files: PairFiles, before: Taken | undefined, now: number) {
  const { name } = files;
  const { certificate, key, isKeyOpen } = await readPairFiles(files);
  const digest = createHash('sha256').update(`${certificate}\0${key}`).digest('hex');
  if (before?.digest === digest) return { read: before, isKeyOpen };
  try {
    const pair = readCertificatePair({ name, certificate, key }, now);
    return { read: { digest, pair }, isKeyOpen };
  } catch (cause) {
    if (!(cause instanceof CertificateError)) throw cause;
    const where = `${files.certificate} with ${files.key}`;
    throw new CertificateError(`${where}: ${cause.message}`, { cause });
  }
}

/** `tlsCert` first, then that of ACME, then by name. */
function inOrder({ pair: a }: Taken, { pair: b }: Taken): number {
  const rank = ({ name }: CertificatePair) =>
    name === 'tlsCert' ? 0 : name === acmePairName ? 1 : 2;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function pairsOf(taken: readonly Taken[]): readonly CertificatePair[] {
  return taken.map(({ pair }) => pair);
}
