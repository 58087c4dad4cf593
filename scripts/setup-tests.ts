/**
 * What the tests need beside npm's packages: a Python virtual environment in `.venv` with boto3 and
 * aws-cli. `npm test` runs this first; nothing is done where both can be imported already.
 *
 * Fails, with what to do about it, rather than let the client tests be left out.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const environment = join(root, '.venv');
const python = join(environment, 'bin', 'python');
/** `crt` brings the checksums that Python has no code of its own for: CRC32C and CRC64NVME. */
const packages = ['boto3[crt]', 'awscli'];
const oldestPython = [3, 9] as const;
const installTimeoutMs = 5 * 60_000;

interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

function run(command: string, args: readonly string[], timeoutMs = 60_000): CommandResult {
  try {
    const output = execFileSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    return { ok: true, output };
  } catch (cause) {
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    return { ok: false, output: stderr || message };
  }
}

function fail(message: string, details: string): never {
  console.error(`setup-tests: ${message}\n${details.trim()}`);
  process.exit(1);
}

function installedVersions(): string | undefined {
  if (!existsSync(python)) return undefined;
  const script =
    'import sys, boto3, awscrt, awscli; print(f"Python {sys.version.split()[0]}, boto3 {boto3.__version__}, aws-cli {awscli.__version__}")';
  const result = run(python, ['-c', script]);
  return result.ok ? result.output.trim() : undefined;
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

function install(): void {
  console.log('setup-tests: making .venv');
  rmSync(environment, { recursive: true, force: true });
  const made = run(systemPython(), ['-m', 'venv', environment], installTimeoutMs);
  if (!made.ok) fail('cannot make the virtual environment .venv.', made.output);
  console.log(`setup-tests: installing ${packages.join(' and ')} into .venv`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  const installed = run(python, pip, installTimeoutMs);
  if (!installed.ok) {
    fail('pip cannot install the clients; is its package index reachable?', installed.output);
  }
}

let versions = installedVersions();
if (versions === undefined) {
  install();
  versions = installedVersions();
  if (versions === undefined) fail('the clients in .venv cannot be imported.', python);
}
console.log(`setup-tests: ${versions}`);
