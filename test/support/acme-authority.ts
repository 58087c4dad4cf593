/**
 * A real ACME authority on this machine: Pebble, Let's Encrypt's server for tests, with the DNS server that belongs to
 * it. It validates what it issues for; every name leads to 127.0.0.1, and port 80 is the one that it is given.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { toolsDirectory } from './find-program.ts';
import { freePort } from './free-port.ts';
import { createAuthority } from './issue-certificate.ts';
import { until } from './start-server.ts';

/** Pinned, so that every machine tests with the same. */
export const pebbleVersion = 'v2.10.1';
export const pebbleDirectory = join(toolsDirectory, `pebble-${pebbleVersion}`);

const pageTimeoutMs = 10_000;

export interface AcmeAuthority {
  readonly directoryUrl: string;
  /** PEM: root of the authority's own port. */
  readonly ca: string;
  /** PEM: root of what it issues; of its present life. */
  root(): Promise<string>;
  /** Where TXT records are set (POST /set-txt) and cleared (POST /clear-txt). */
  readonly dnsUrl: string;
  /** What it wrote so far. */
  log(): string;
  /** Another authority in its place, which knows nothing of before. */
  restart(options?: Partial<AuthorityOptions>): Promise<void>;
  stop(): Promise<void>;
}

export interface AuthorityOptions {
  /** Where it looks for answers over HTTP. */
  readonly httpPort: number;
  /** Of certificates; 90 days if left out. */
  readonly validitySeconds?: number;
}

export async function startAcmeAuthority(given: AuthorityOptions): Promise<AcmeAuthority> {
  let options = given;
  const directory = mkdtempSync(join(tmpdir(), 'kist-pebble-'));
  const at = (name: string) => join(directory, name);
  const authority = createAuthority('Pebble');
  const { certificate, key } = authority.issue(['localhost', '127.0.0.1']);
  writeFileSync(at('server.crt'), certificate);
  writeFileSync(at('server.key'), key, { mode: 0o600 });
  const [port, management, dns, dnsManagement] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const output: string[] = [];
  const run = (name: string, args: readonly string[]): ChildProcess => {
    const program = join(pebbleDirectory, name);
    if (!existsSync(program)) {
      throw new Error(`No ${name} here: run \`npx tsx scripts/setup-tests.ts\` first.`);
    }
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_VA_ALWAYS_VALID: '0', PEBBLE_AUTHZREUSE: '0' },
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (data: Buffer) => output.push(data.toString('utf8')));
    }
    return child;
  };
  const names = run('pebble-challtestsrv', [
    ...['-dnsserver', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
    ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', '', '-defaultIPv6', ''],
  ]);

  async function startPebble(): Promise<ChildProcess> {
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: at('server.crt'),
      privateKey: at('server.key'),
      httpPort: options.httpPort,
      tlsPort: 1,
      retryAfter: { authz: 1, order: 1 },
      profiles: {
        default: { description: 'tests', validityPeriod: options.validitySeconds ?? 90 * 86_400 },
      },
    };
    writeFileSync(at('pebble.json'), JSON.stringify({ pebble }));
    const child = run('pebble', [
      ...['-config', at('pebble.json'), '-dnsserver', `127.0.0.1:${dns}`, '-strict'],
    ]);
    const ready = () =>
      page(management, '/roots/0', { ca: authority.certificate }).then(
        () => true,
        () => false,
      );
    await until(ready, `Pebble answers: ${output.join('')}`);
    return child;
  }

  let server = await startPebble();
  return {
    directoryUrl: `https://127.0.0.1:${port}/dir`,
    ca: authority.certificate,
    root: () => page(management, '/roots/0', { ca: authority.certificate }),
    dnsUrl: `http://127.0.0.1:${dnsManagement}`,
    log: () => output.join(''),
    async restart(changed = {}) {
      await end(server);
      options = { ...options, ...changed };
      server = await startPebble();
    },
    async stop() {
      await Promise.all([end(server), end(names)]);
      rmSync(directory, { recursive: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function page(port: number, path: string, options: RequestOptions): Promise<string> {
  const signal = AbortSignal.timeout(pageTimeoutMs);
  const request = get({ host: '127.0.0.1', port, path, signal, ...options });
  const [response] = await once(request, 'response');
  return text(response);
}
