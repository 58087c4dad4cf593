/**
 * A browser is more than a program that can be unpacked: it is the machine's own, or, where that is ours to change,
 * installed with all that it needs. A tool's probe is the argument that makes it print its version.
 */
import { findProgram } from '../../test/support/find-program.ts';
import { findChromium } from '../../test/typescript-client/support/chromium.ts';
import { fail, run, say } from './command.ts';
import type { Tool, ToolSource } from './tool.ts';

const installTimeoutMs = 10 * 60_000;

export const systemBrowser: ToolSource = {
  versionOf({ probe }) {
    const program = findChromium();
    if (program === undefined) return undefined;
    const { ok, output } = run(program, [probe]);
    const version = /\d+\.\d+[.\d]*/.exec(output)?.[0];
    return ok && version !== undefined ? `${version} on PATH` : undefined;
  },

  install(tools) {
    const names = tools.map((tool) => tool.package);
    if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
      fail(whatToDo(tools), 'It is not on PATH, and only root can install it, with apt-get.');
    }
    say(`installing Debian's ${names.join(', ')}`);
    const install = ['install', '--yes', '--no-install-recommends', ...names];
    const options = { timeoutMs: installTimeoutMs };
    const installed =
      run('apt-get', install, options).ok ||
      (run('apt-get', ['update'], options).ok && run('apt-get', install, options).ok);
    if (!installed) fail(whatToDo(tools), run('apt-get', install, options).output);
  },
};

const whatToDo = (tools: readonly Tool[]): string =>
  `the tests of the client in a browser need ${tools.map(({ name }) => name).join(' and ')} on PATH: install it with the machine's package manager (apt install chromium).`;
