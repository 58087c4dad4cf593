/**
 * Pebble, the ACME server of the tests: built from the Go module proxy, whose checksums the go command verifies, into
 * `.cache/tools`. It takes less than a minute of a core, once. A tool's probe is an argument that makes it end at once.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pebbleDirectory, pebbleVersion } from '../../test/support/acme-authority.ts';
import { findProgram } from '../../test/support/find-program.ts';
import { fail, run, say } from './command.ts';
import type { Tool, ToolSource } from './tool.ts';

const buildTimeoutMs = 15 * 60_000;

export const goPrograms: ToolSource = {
  versionOf({ name, probe }) {
    const program = join(pebbleDirectory, name);
    const runs = existsSync(program) && run(program, [probe]).ok;
    return runs ? `${pebbleVersion} in .cache/tools` : undefined;
  },

  install(tools) {
    const wanted = tools.map((tool: Tool) => `${tool.package}@${pebbleVersion}`);
    const go = findProgram('go');
    if (go === undefined) {
      fail(
        `the tests of ACME build ${wanted.join(' and ')}, and there is no go on PATH.`,
        "Install Go with the machine's package manager (apt install golang, brew install go) or from https://go.dev/dl.",
      );
    }
    say(`building ${wanted.join(', ')} into .cache/tools`);
    mkdirSync(pebbleDirectory, { recursive: true });
    const built = run('env', [`GOBIN=${pebbleDirectory}`, go, 'install', ...wanted], {
      timeoutMs: buildTimeoutMs,
    });
    if (!built.ok) fail('go cannot build Pebble; is the module proxy reachable?', built.output);
  },
};
