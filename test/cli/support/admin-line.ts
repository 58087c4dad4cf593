/** A command line whose aliases know the console port: `root` for the server's root, `main` for a tenant's account. */
import { main } from '../../support/accounts.ts';
import { type CommandLine, startCommandLine } from './command-line.ts';

export const root = {
  accessKeyId: 'KISTTESTROOT00000000',
  secretAccessKey: 'rootSecretKey000000000000000000000000000',
};

export async function startAdminLine(): Promise<CommandLine> {
  const cli = await startCommandLine();
  await setAlias(cli, 'root', root);
  await setAlias(cli, 'main', main);
  return cli;
}

export async function setAlias(
  { run, server }: CommandLine,
  name: string,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
  consolePort = server.consolePort,
): Promise<void> {
  const { code, stderr } = await run(
    [
      ...['alias', 'set', name, server.endpoint, '--access-key-id', keys.accessKeyId],
      ...['--console-url', `http://127.0.0.1:${consolePort}`],
    ],
    { env: { KIST_SECRET_ACCESS_KEY: keys.secretAccessKey } },
  );
  if (code !== 0) throw new Error(stderr);
}
