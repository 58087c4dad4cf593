/**
 * Programs that a machine may have, and Debian and Ubuntu have packages of. What isn't on PATH is
 * downloaded with apt-get, which checks it, and unpacked into `.cache/tools`: no root is needed, and
 * nothing outside the checkout changes. That works for programs that need the C library, and what they name, alone.
 *
 * A tool's probe is the argument that makes it print its version.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  findProgram,
  toolsDirectory,
  unpackedEnvironment,
} from '../../test/support/find-program.ts';
import { type CommandResult, fail, run, say } from './command.ts';
import type { Tool, ToolSource } from './tool.ts';

const downloads = join(toolsDirectory, 'apt');
const downloadTimeoutMs = 5 * 60_000;

export const debianPackages: ToolSource = {
  versionOf({ name, probe }) {
    const program = findProgram(name);
    if (program === undefined) return undefined;
    const { ok, output } = run(program, [probe], { env: unpackedEnvironment(program) });
    const version = /\d+\.\d+[.\d]*/.exec(output)?.[0];
    if (!ok || version === undefined) return undefined;
    return `${version} ${program.startsWith(toolsDirectory) ? 'in .cache/tools' : 'on PATH'}`;
  },

  install(tools) {
    const names = tools.flatMap((tool) => [tool.package, ...(tool.needs ?? [])]);
    if (findProgram('apt-get') === undefined || findProgram('dpkg-deb') === undefined) {
      fail(whatToDo(tools), 'There is no apt-get here to get them with.');
    }
    say(`unpacking Debian's ${names.join(', ')} into .cache/tools`);
    rmSync(downloads, { recursive: true, force: true });
    mkdirSync(downloads, { recursive: true });
    const downloaded = download(names);
    if (!downloaded.ok) fail(whatToDo(tools), downloaded.output);
    for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
      const unpacked = run('dpkg-deb', ['--extract', join(downloads, file), toolsDirectory]);
      if (!unpacked.ok) fail(`cannot unpack ${file}.`, unpacked.output);
    }
    rmSync(downloads, { recursive: true, force: true });
  },
};

const whatToDo = (tools: readonly Tool[]): string =>
  `the tests need ${tools.map(({ name }) => name).join(' and ')} on PATH: install them with the machine's package manager (apt install, brew install), or from https://rclone.org/downloads, https://restic.net, https://openssl.org, https://zsh.org and https://fishshell.com.`;

/** With the machine's package lists; where it has none, or old ones, with lists of our own. */
function download(names: readonly string[]): CommandResult {
  const options = { cwd: downloads, timeoutMs: downloadTimeoutMs };
  const first = run('apt-get', ['download', ...names], options);
  if (first.ok) return first;
  const lists = join(downloads, 'lists');
  const cache = join(downloads, 'cache');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
  const own = [`Dir::State::lists=${lists}`, `Dir::Cache=${cache}`, 'APT::Sandbox::User=root'];
  const flags = own.flatMap((option) => ['-o', option]);
  const updated = run('apt-get', [...flags, 'update'], options);
  return updated.ok ? run('apt-get', [...flags, 'download', ...names], options) : updated;
}
