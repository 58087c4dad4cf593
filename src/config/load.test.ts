/** What the sources of a configuration add up to, and what is said where they are wrong. */
import { describe, expect, it } from 'vitest';
import { defaultNamespace } from '../identity/identity.ts';
import { ConfigError, type ConfigInput, loadConfig } from './load.ts';

function load(input: Partial<ConfigInput>, files: Readonly<Record<string, string>> = {}) {
  return loadConfig({
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) {
        throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      }
      return content;
    },
    ...input,
  });
}

function problemsOf(input: Partial<ConfigInput>, files?: Readonly<Record<string, string>>) {
  try {
    load(input, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const alice = {
  namespace: 'team-a',
  accountId: 'testx$alice',
  displayName: 'Alice A.',
  email: 'alice@example.com',
  accessKeyId: 'ALICEKEY',
  secretAccessKey: 'alice-secret/1+',
};
const bob = { accountId: 'bob', accessKeyId: 'BOBKEY', secretAccessKey: 'bob-secret' };

describe('sources', () => {
  it('needs nothing: the defaults are a whole configuration', () => {
    const { config, sources } = load({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 9000,
      consolePort: 9001,
      domain: ['localhost'],
      region: 'us-east-1',
      regionEnforced: false,
      rootAccessKeyId: undefined,
      accounts: [],
    });
    expect(config.dataDir).toBe(`${process.cwd()}/kist-data`);
    expect(config.workers).toBeGreaterThanOrEqual(1);
    expect(sources.port).toEqual({ kind: 'default' });
  });

  it('lets flags win over the environment, that over the file, and that over defaults', () => {
    const { config, sources } = load(
      {
        flags: { port: '1' },
        env: { KIST_PORT: '2', KIST_WORKERS: '2' },
        configFile: 'kist.yaml',
      },
      { 'kist.yaml': '# ours\nport: 3\nworkers: 3\nconsolePort: 3\n' },
    );
    expect(config).toMatchObject({ port: 1, workers: 2, consolePort: 3 });
    expect(sources.port).toEqual({ kind: 'flag', flag: '--port' });
    expect(sources.workers).toEqual({ kind: 'environment', variable: 'KIST_WORKERS' });
    expect(sources.consolePort).toEqual({ kind: 'file', file: 'kist.yaml', line: 4 });
  });

  it('reads the file that KIST_CONFIG names, and --config rather than that', () => {
    const files = { 'a.yaml': 'port: 1', 'b.yaml': 'port: 2' };
    expect(load({ env: { KIST_CONFIG: 'a.yaml' } }, files).config.port).toBe(1);
    const both = { env: { KIST_CONFIG: 'a.yaml' }, configFile: 'b.yaml' };
    expect(load(both, files).config.port).toBe(2);
  });

  it('takes values from code, for embedding, and checks them too', () => {
    expect(load({ options: { port: 0, memory: true } }).config).toMatchObject({
      port: 0,
      workers: 1,
    });
    expect(problemsOf({ options: { port: -1 } })).toEqual([
      'port -1: must be a whole number from 0 to 65535.',
    ]);
  });

  it('counts an empty variable and a YAML null as not set', () => {
    const { config } = load(
      { env: { KIST_REGION: '' }, configFile: 'f' },
      { f: 'workers: null\nport:\n' },
    );
    expect(config).toMatchObject({ region: 'us-east-1', port: 9000, regionEnforced: false });
  });

  it('enforces the region once somebody set it, even to the default', () => {
    expect(load({ env: { KIST_REGION: 'us-east-1' } }).config.regionEnforced).toBe(true);
  });

  it('reads units, lists and switches from text', () => {
    const { config } = load({
      env: {
        KIST_PACK_BLOB_MAX_BYTES: '2 MiB',
        KIST_DRAIN_TIMEOUT_MS: '5s',
        KIST_DOMAIN: 'S3.example.com, localhost',
      },
      flags: { memory: true },
    });
    expect(config).toMatchObject({
      packBlobMaxBytes: 2 * 1024 * 1024,
      drainTimeoutMs: 5000,
      domain: ['s3.example.com', 'localhost'],
      memory: true,
    });
  });

  it('has buckets begin with ACLs unless they are to begin as on AWS', () => {
    expect(load({}).config.bucketDefaults).toBe('acl');
    expect(load({ env: { KIST_BUCKET_DEFAULTS: 'aws' } }).config.bucketDefaults).toBe('aws');
    expect(load({ flags: { bucketDefaults: 'aws' } }).config.bucketDefaults).toBe('aws');
    expect(problemsOf({ env: { KIST_BUCKET_DEFAULTS: 'open' } })).toEqual([
      'KIST_BUCKET_DEFAULTS "open": must be one of acl, aws.',
    ]);
  });

  it('passes over what Kubernetes sets for a service called kist', () => {
    const env = {
      KIST_PORT: 'tcp://10.0.0.1:9000',
      KIST_SERVICE_HOST: '10.0.0.1',
      KIST_SERVICE_PORT: '9000',
      KIST_SERVICE_PORT_HTTP: '9000',
      KIST_PORT_9000_TCP: 'tcp://10.0.0.1:9000',
      KIST_PORT_9000_TCP_ADDR: '10.0.0.1',
    };
    expect(load({ env }).config.port).toBe(9000);
  });
});

describe('messages', () => {
  it('names a setting as the user wrote it, the value and what is allowed', () => {
    expect(problemsOf({ env: { KIST_WORKERS: '0' } })).toEqual([
      'KIST_WORKERS "0": must be a whole number from 1 to 256.',
    ]);
    expect(problemsOf({ flags: { port: '70000x' } })).toEqual([
      '--port "70000x": must be a whole number from 0 to 65535.',
    ]);
    expect(
      problemsOf({ configFile: '/etc/kist.yaml' }, { '/etc/kist.yaml': '\nlogLevel: loud' }),
    ).toEqual([
      'logLevel (/etc/kist.yaml, line 2) "loud": must be one of debug, info, warn, error, silent.',
    ]);
  });

  it('tells everything that is wrong at once', () => {
    expect(problemsOf({ env: { KIST_PORT: 'x', KIST_HOST: 'http://a' } })).toHaveLength(2);
  });

  it('refuses a name that does not exist and suggests the nearest', () => {
    expect(problemsOf({ env: { KIST_DATADIR: '/srv' } })).toEqual([
      'There is no setting KIST_DATADIR. Did you mean KIST_DATA_DIR?',
    ]);
    expect(problemsOf({ configFile: 'f' }, { f: 'port: 1\ndata-dir: /srv' })).toEqual([
      'f, line 2: there is no setting data-dir. Did you mean dataDir?',
    ]);
    expect(problemsOf({ env: { KIST_ENTIRELY_DIFFERENT: '1' } })).toEqual([
      'There is no setting KIST_ENTIRELY_DIFFERENT.',
    ]);
  });

  it('leaves alone what is for commands that speak with servers', () => {
    const env = { KIST_ALIAS: 'work', KIST_CONFIG_HOME: '/c', KIST_STATE_HOME: '/s' };
    const { config } = load({ env: { ...env, KIST_SECRET_ACCESS_KEY: 'x', KIST_PORT: '1' } });
    expect(config.port).toBe(1);
  });

  it('never shows a secret', () => {
    const env = { KIST_ROOT_ACCESS_KEY_ID: 'ROOTKEY', KIST_ROOT_SECRET_ACCESS_KEY: 'sëcret' };
    const [problem] = problemsOf({ env });
    expect(problem).toMatch(/^KIST_ROOT_SECRET_ACCESS_KEY: must be 8 to 256 visible ASCII/);
    expect(problem).not.toContain('sëcret');
    const broken = '[{accessKeyId: A, secretAccessKey: "hidden';
    expect(problemsOf({ env: { KIST_ACCOUNTS: broken } }).join()).not.toContain('hidden');
  });

  it('wants both root settings or neither', () => {
    expect(problemsOf({ env: { KIST_ROOT_ACCESS_KEY_ID: 'ROOTKEY' } })).toEqual([
      'KIST_ROOT_ACCESS_KEY_ID is set, but KIST_ROOT_SECRET_ACCESS_KEY is not: set both, or neither to have a key pair made.',
    ]);
    expect(problemsOf({ env: { KIST_ROOT_SECRET_ACCESS_KEY: 'a-good-secret' } })[0]).toContain(
      'KIST_ROOT_ACCESS_KEY_ID is not',
    );
  });

  it('refuses one port for two listeners, and workers beside memory', () => {
    expect(problemsOf({ flags: { port: '9001' } })).toEqual([
      '--port and consolePort are both 9001: they must differ.',
    ]);
    expect(problemsOf({ flags: { memory: true, workers: '2' } })[0]).toContain('--workers 2');
  });

  it('wants a certificate with its key, and neither a redirect nor a version of TLS without one', () => {
    expect(problemsOf({ flags: { tlsCert: 'a.crt' } })).toEqual([
      '--tls-cert is set, but --tls-key is not: set both, or neither.',
    ]);
    expect(problemsOf({ env: { KIST_TLS_KEY: 'a.key' } })).toContain(
      'KIST_TLS_KEY is set, but --tls-cert is not: set both, or neither.',
    );
    const flags = { httpRedirectPort: '80', consoleTls: true, tlsMinVersion: 'TLSv1.3' };
    const wanted =
      'is set, but no certificate is: set --tls-cert and --tls-key, --tls-certificates, or --acme-domains.';
    expect(problemsOf({ flags })).toEqual([
      `--http-redirect-port ${wanted}`,
      `--console-tls ${wanted}`,
      `--tls-min-version ${wanted}`,
    ]);
    expect(problemsOf({ flags: { tlsCertificates: 'c', httpRedirectPort: '9000' } })).toEqual([
      '--http-redirect-port and port are both 9000: they must differ.',
    ]);
    expect(problemsOf({ flags: { tlsMinVersion: 'TLSv1.1' } })).toEqual([
      '--tls-min-version "TLSv1.1": must be one of TLSv1.2, TLSv1.3.',
    ]);
  });

  it('wants what ACME needs, and nothing of ACME without names', () => {
    const agreed = { acmeDomains: 'S3.example.com', acmeTermsAgreed: true };
    expect(problemsOf({ flags: { acmeDomains: 's3.example.com' } })).toEqual([
      "--acme-domains is set, but --acme-terms-agreed is not: read the authority's terms of service, and set it if you agree.",
      '--acme-domains is set, but neither --http-redirect-port nor --acme-dns-hook is: the authority asks the server on port 80, or its DNS.',
    ]);
    const wildcard = { ...agreed, acmeDomains: 's3.example.com, *.s3.example.com' };
    expect(problemsOf({ flags: { ...wildcard, httpRedirectPort: '80' } })).toEqual([
      '--acme-domains: *.s3.example.com can be proven by dns-01 only: set --acme-dns-hook to a program that sets TXT records.',
    ]);
    expect(problemsOf({ flags: { ...agreed, httpRedirectPort: '80', memory: true } })).toEqual([
      expect.stringContaining('--memory keeps nothing'),
    ]);
    expect(problemsOf({ flags: { acmeEmail: 'a@b.example', acmeTermsAgreed: true } })).toEqual([
      '--acme-terms-agreed is set, but --acme-domains is not: set both, or neither.',
      '--acme-email is set, but --acme-domains is not: set both, or neither.',
    ]);
    for (const name of ['127.0.0.1', 'localhost', '*', '*.*.example.com', 'a.*.example.com']) {
      expect(problemsOf({ flags: { acmeDomains: name } })[0]).toContain('must be a host name');
    }
    for (const url of ['http://acme.example/dir', 'https://user:secret@acme.example']) {
      expect(problemsOf({ flags: { acmeDirectoryUrl: url } })[0]).toContain('must be an https URL');
    }
    const { config } = loadConfig({
      flags: { ...agreed, httpRedirectPort: '80' },
      readFile: () => '',
    });
    expect(config.acmeDomains).toEqual(['s3.example.com']);
  });

  it('says why the file cannot be read', () => {
    expect(problemsOf({ configFile: 'gone.yaml' })).toEqual([
      'The configuration file gone.yaml cannot be read: there is no such file.',
    ]);
    expect(problemsOf({ configFile: 'f' }, { f: '- port' })).toEqual([
      'f: must be a mapping of setting names to values.',
    ]);
    expect(problemsOf({ configFile: 'f' }, { f: 'port: 1\nport: 2' })[0]).toMatch(
      /^f, line 2, column 1: not valid YAML/,
    );
  });
});

describe('accounts', () => {
  it('come as JSON, as YAML, or as a file', () => {
    const expected = [
      alice,
      { ...bob, namespace: defaultNamespace, displayName: 'bob', email: undefined },
    ];
    const json = JSON.stringify([alice, bob]);
    const yaml = `- {accountId: bob, accessKeyId: BOBKEY, secretAccessKey: bob-secret}`;
    expect(load({ env: { KIST_ACCOUNTS: json } }).config.accounts).toEqual(expected);
    expect(load({ env: { KIST_ACCOUNTS: yaml } }).config.accounts).toEqual([expected[1]]);
    expect(load({ flags: { accounts: 'a.json' } }, { 'a.json': json }).config.accounts).toEqual(
      expected,
    );
    expect(load({ configFile: 'f' }, { f: `accounts:\n  ${yaml}\n` }).config.accounts).toEqual([
      expected[1],
    ]);
  });

  it('are refused by entry and member', () => {
    const env = {
      KIST_ACCOUNTS: JSON.stringify([alice, { ...bob, namespace: 'Team_B', email: 'nobody' }]),
    };
    expect(problemsOf({ env })).toEqual([
      'KIST_ACCOUNTS, entry 2, namespace: must be 1 to 63 lower-case letters, digits or inner hyphens, as it becomes a part of host names.',
      'KIST_ACCOUNTS, entry 2, email: must be an e-mail address.',
    ]);
    expect(problemsOf({ env: { KIST_ACCOUNTS: JSON.stringify([{ ...bob, key: 1 }]) } })[0]).toMatch(
      /^KIST_ACCOUNTS, entry 1: has no member key; an account has namespace/,
    );
    expect(problemsOf({ flags: { accounts: 'gone.yaml' } })).toEqual([
      '--accounts: the file gone.yaml cannot be read: there is no such file.',
    ]);
  });

  it('do not share ids, keys or addresses, with root neither', () => {
    const twin = { ...alice, accountId: 'other', email: 'ALICE@example.com' };
    expect(problemsOf({ env: { KIST_ACCOUNTS: JSON.stringify([alice, twin]) } })).toEqual([
      'KIST_ACCOUNTS, entry 2, accessKeyId: is the same as in entry 1: ALICEKEY.',
      'KIST_ACCOUNTS, entry 2, email: is the same as in entry 1: ALICE@example.com.',
    ]);
    const env = {
      KIST_ACCOUNTS: JSON.stringify([alice]),
      KIST_ROOT_ACCESS_KEY_ID: 'ALICEKEY',
      KIST_ROOT_SECRET_ACCESS_KEY: 'another-secret',
    };
    expect(problemsOf({ env })[0]).toContain('is the same as KIST_ROOT_ACCESS_KEY_ID');
  });
});
