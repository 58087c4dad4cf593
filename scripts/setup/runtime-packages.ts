/**
 * JavaScript runtimes from npm: packages that hold a binary, unpacked into `.cache/tools`, checked by npm. None of
 * their scripts is run. A tool's probe is the argument that makes it print its version.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import {
  type RuntimeName,
  runtimeProgram,
  runtimes,
  runtimesDirectory,
} from '../../test/typescript-client/support/runtimes.ts';
import { fail, run, say } from './command.ts';
import type { Tool, ToolSource } from './tool.ts';

const installTimeoutMs = 10 * 60_000;

const nameOf = (tool: Tool) => tool.name as RuntimeName;

export const runtimePackages: ToolSource = {
  versionOf(tool) {
    const name = nameOf(tool);
    const program = runtimeProgram(name);
    if (program === undefined || !existsSync(program)) return undefined;
    const { ok, output } = run(program, [tool.probe]);
    const { version } = runtimes[name];
    return ok && output.includes(version) ? `${version} in .cache/tools` : undefined;
  },

  install(tools) {
    const wanted = tools.map((tool) => {
      const { package: holder, version } = runtimes[nameOf(tool)];
      if (holder !== undefined) return `${holder}@${version}`;
      return fail(
        `the client tests need ${tool.name} ${version}, and npm has none for ${process.platform} on ${process.arch}.`,
        'Run them on Linux with glibc or on macOS.',
      );
    });
    say(`unpacking ${wanted.join(', ')} into .cache/tools`);
    mkdirSync(runtimesDirectory, { recursive: true });
    const quietly = [
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
    ];
    const installed = run(
      'npm',
      ['install', ...quietly, '--prefix', runtimesDirectory, ...wanted],
      { cwd: runtimesDirectory, timeoutMs: installTimeoutMs },
    );
    if (!installed.ok) {
      fail('npm cannot install the runtimes; is its registry reachable?', installed.output);
    }
    for (const tool of tools) chmodSync(runtimeProgram(nameOf(tool))!, 0o755);
  },
};
