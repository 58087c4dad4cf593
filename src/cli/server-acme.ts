/** ACME as a server is configured with it: its directory, which belongs to one server, and what it needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Acme } from '../tls/acme/acme.ts';
import {
  claimDataDirectory,
  DataDirectoryInUseError,
  prepareDataDirectory,
} from './data-directory.ts';

export interface ServerAcme extends Acme {
  /** Ends orders, and gives up the directory. */
  release(): Promise<void>;
}

/**
 * Undefined where nobody asks for it.
 *
 * @throws ConfigError if it cannot work
 */
export async function openServerAcme(
  config: Config,
  log: Log,
  metrics: Metrics,
): Promise<ServerAcme | undefined> {
  if (config.acmeDomains.length === 0) return undefined;
  const { acmePackage, isAcmeInstalled } = await import('../tls/acme/order.ts');
  if (!isAcmeInstalled()) {
    throw new ConfigError([
      `acmeDomains: certificates from an ACME authority need the package acme-client, which is not installed. Run: npm install ${acmePackage} (with -g if Kist is installed with it)`,
    ]);
  }
  const { openAcme } = await import('../tls/acme/acme.ts');
  const { AcmeFileError, acmeFiles } = await import('../tls/acme/acme-files.ts');
  const ca = config.acmeCaFile === undefined ? undefined : readCa(config.acmeCaFile);
  const { directory, claim } = await claimed(config.acmeDir ?? join(config.dataDir, 'acme'));
  const { acmeDnsHook: program, acmeDnsHookTimeoutMs: timeoutMs } = config;
  try {
    const acme = await openAcme({
      directoryUrl: config.acmeDirectoryUrl,
      names: config.acmeDomains,
      email: config.acmeEmail,
      ca,
      files: acmeFiles(directory),
      hook: program === undefined ? undefined : { program, timeoutMs, env: process.env },
      log,
      metrics,
      now: () => Date.now(),
      random: Math.random,
    });
    return {
      ...acme,
      async release() {
        acme.close();
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    if (error instanceof AcmeFileError) throw new ConfigError([`acmeDir: ${error.message}.`]);
    throw error;
  }
}

/** Two servers would order the same certificate, and each throw the other's away. */
async function claimed(path: string) {
  const directory = await prepareDataDirectory(path).catch((cause: unknown) => {
    throw new ConfigError([`acmeDir: ${wordsOf(cause).replace('data directory ', 'directory ')}`]);
  });
  try {
    return { directory, claim: await claimDataDirectory(directory) };
  } catch (error) {
    if (!(error instanceof DataDirectoryInUseError)) throw error;
    throw new ConfigError([
      `acmeDir: the directory ${directory} is in use by another Kist server. Each server orders a certificate of its own: choose another directory with --acme-dir, or give this server the other's certificate with --tls-cert and --tls-key.`,
    ]);
  }
}

function readCa(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError([`acmeCaFile: ${path} cannot be read: ${wordsOf(cause)}.`]);
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new ConfigError([`acmeCaFile: ${path} holds no certificate in PEM.`]);
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
