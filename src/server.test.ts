/** What one process of a server refuses to start with. */
import { expect, it } from 'vitest';
import { loadConfig } from './config/load.ts';
import { createRootCredentials } from './identity/root-credentials.ts';
import { startServer } from './server.ts';

it('never speaks plain HTTP where certificates are configured', async () => {
  const options = { memory: true, port: 0, tlsCert: 'server.crt', tlsKey: 'server.key' };
  const { config } = loadConfig({ options, readFile: () => '' });
  const { accountId, accessKeyId, secretAccessKey } = createRootCredentials(undefined);
  const root = {
    rootAccountId: accountId,
    rootAccessKeyId: accessKeyId,
    rootSecretAccessKey: secretAccessKey,
  };
  const started = startServer({ ...config, ...root }, { kind: 'all', slot: 0 });
  await expect(started).rejects.toThrow(/without the certificates/);
});
