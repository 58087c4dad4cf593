/** The accounts that every test server starts with: two in the default namespace, one in another. */
export interface TestAccount {
  readonly namespace: string;
  /** Also the canonical id in owners and grants. */
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const main: TestAccount = {
  namespace: 'default',
  accountId: 'mainid',
  displayName: 'M. Tester',
  email: 'main@example.com',
  accessKeyId: 'KISTTESTMAIN00000001',
  secretAccessKey: 'mainSecretKey/00000000000000000000+000001',
};

export const alt: TestAccount = {
  namespace: 'default',
  accountId: 'altid',
  displayName: 'alt.tester',
  email: 'alt@example.com',
  accessKeyId: 'KISTTESTALT000000002',
  secretAccessKey: 'altSecretKey000000000000000000000000000002',
};

export const tenant: TestAccount = {
  namespace: 'tenantx',
  accountId: 'tenantx-tester',
  displayName: 'T. Enant',
  email: 'tenant@example.com',
  accessKeyId: 'KISTTESTTENANT000003',
  secretAccessKey: 'tenantSecretKey000000000000000000000000003',
};

export const testAccounts: readonly TestAccount[] = [main, alt, tenant];

export const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers';
export const authenticatedUsers = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
