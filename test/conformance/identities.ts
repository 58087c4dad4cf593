/**
 * Who the suite signs as. It wants six identities, one of them in a second namespace; each of its
 * parallel workers gets six of its own, so that a list of all buckets of an account stays what one test
 * made.
 */
import type { TestAccount } from '../support/accounts.ts';

/** The section of the suite's configuration file that names an identity. */
const roles = {
  main: 's3 main',
  alt: 's3 alt',
  tenant: 's3 tenant',
  iam: 'iam',
  root: 'iam root',
  altRoot: 'iam alt root',
} as const;

type Role = keyof typeof roles;

export type Identities = Readonly<Record<Role, TestAccount>>;

/** Seconds that server and suite take a lifecycle day to last. */
export const lifecycleDaySeconds = 10;

/** As long as the suite waits for the logs of a bucket. */
export const logDeliverySeconds = 5;

/** Keys of SSE-KMS that the server is started with and the suite encrypts under. */
export const kmsKeyIds = ['conformance-key-1', 'conformance-key-2'] as const;

export function identitiesOf(worker: number): Identities {
  const account = (role: Role): TestAccount => {
    const name = `${role.toLowerCase()}${worker}`;
    return {
      namespace: role === 'tenant' ? name : 'default',
      accountId: role === 'tenant' ? `${name}$tester` : `${name}id`,
      displayName: `${role} tester ${worker}`,
      email: `${name}@example.com`,
      accessKeyId: `CONFORMANCE${name.toUpperCase()}`,
      secretAccessKey: `${name}-secret-0000000000000000000000000000`,
    };
  };
  return {
    main: account('main'),
    alt: account('alt'),
    tenant: account('tenant'),
    iam: account('iam'),
    root: account('root'),
    altRoot: account('altRoot'),
  };
}

export interface SuiteEndpoint {
  readonly host: string;
  readonly port: number;
}

/** The suite's configuration file for one worker. */
export function renderSuiteConfiguration(endpoint: SuiteEndpoint, identities: Identities): string {
  const sections = (Object.keys(roles) as Role[]).map((role) => {
    const account = identities[role];
    return section(roles[role], {
      access_key: account.accessKeyId,
      secret_key: account.secretAccessKey,
      user_id: account.accountId,
      display_name: account.displayName,
      email: account.email,
      ...(role === 'tenant' && { tenant: account.namespace }),
      ...(role === 'main' && {
        api_name: 'us-east-1',
        lc_debug_interval: lifecycleDaySeconds,
        kms_keyid: kmsKeyIds[0],
        kms_keyid2: kmsKeyIds[1],
      }),
    });
  });
  return [
    section('DEFAULT', { ...endpoint, is_secure: false, ssl_verify: false }),
    // The plugin gives every test a bucket prefix of its own; this one is never used.
    section('fixtures', {
      'bucket prefix': 'unused-{random}-',
      'iam name prefix': 'kist-',
      'iam path prefix': '/kist/',
    }),
    ...sections,
  ].join('\n');
}

function section(
  name: string,
  values: Readonly<Record<string, string | number | boolean>>,
): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
  return `[${name}]\n${lines.join('')}`;
}
