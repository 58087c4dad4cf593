/** Packages from PyPI in a virtual environment in `.venv`. A tool's probe is a Python program. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { venvDirectory, venvPrograms } from '../../test/support/find-program.ts';
import { fail, run, say } from './command.ts';
import type { ToolSource } from './tool.ts';

const python = join(venvPrograms, 'python');
const oldestPython = [3, 9] as const;
const installTimeoutMs = 5 * 60_000;

export const pythonPackages: ToolSource = {
  versionOf({ probe }) {
    const { ok, output } = run(python, ['-c', probe]);
    return ok ? `${output.trim()} in .venv` : undefined;
  },

  install(tools) {
    if (!run(python, ['-m', 'pip', '--version']).ok) makeEnvironment();
    const packages = tools.map((tool) => tool.package);
    say(`installing ${packages.join(', ')} into .venv`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
    const installed = run(python, pip, { timeoutMs: installTimeoutMs });
    if (!installed.ok) {
      fail('pip cannot install the clients; is its package index reachable?', installed.output);
    }
  },
};

function makeEnvironment(): void {
  say('making .venv');
  rmSync(venvDirectory, { recursive: true, force: true });
  const args = ['-m', 'venv', venvDirectory];
  const made = run(systemPython(), args, { timeoutMs: installTimeoutMs });
  if (!made.ok) fail('cannot make the virtual environment .venv.', made.output);
}

function systemPython(): string {
  const [major, minor] = oldestPython;
  const script = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${major}, ${minor}))`;
  const tried: string[] = [];
  for (const command of ['python3', 'python']) {
    const result = run(command, ['-c', script]);
    if (result.ok) return command;
    tried.push(`${command}: ${result.output.trim()}`);
  }
  fail(
    `the client tests need Python ${major}.${minor} or newer with the venv module (on Debian and Ubuntu: apt install python3 python3-venv).`,
    tried.join('\n'),
  );
}
