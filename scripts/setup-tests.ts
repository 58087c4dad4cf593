/**
 * What the tests need beside npm's packages: real S3 clients, and a browser and other runtimes for our own.
 * `npm test` runs this first; what is there already is left as it is.
 *
 * Fails, with what to do about it, rather than let the client tests be left out.
 */
import { fail, say } from './setup/command.ts';
import { debianPackages } from './setup/debian-packages.ts';
import { goPrograms } from './setup/go-programs.ts';
import { pythonPackages } from './setup/python-packages.ts';
import { runtimePackages } from './setup/runtime-packages.ts';
import { systemBrowser } from './setup/system-browser.ts';
import type { Tool } from './setup/tool.ts';

const tools: readonly Tool[] = [
  {
    name: 'boto3',
    // `crt` brings the checksums that Python has no code of its own for: CRC32C and CRC64NVME.
    package: 'boto3[crt]',
    source: pythonPackages,
    probe: 'import boto3, awscrt; print(boto3.__version__)',
  },
  {
    name: 'aws-cli',
    package: 'awscli',
    source: pythonPackages,
    probe: 'import awscli; print(awscli.__version__)',
  },
  {
    name: 'moto',
    // AWS to import from.
    package: 'moto[server]',
    source: pythonPackages,
    probe: 'import moto, flask_cors; print(moto.__version__)',
  },
  {
    name: 's3cmd',
    package: 's3cmd',
    source: pythonPackages,
    probe: 'import S3.S3, S3.PkgInfo; print(S3.PkgInfo.version)',
  },
  {
    name: 'rclone',
    package: 'rclone',
    source: debianPackages,
    probe: 'version',
    oldest: '1.60',
  },
  {
    name: 'restic',
    package: 'restic',
    source: debianPackages,
    probe: 'version',
    oldest: '0.14',
  },
  { name: 'chromium', package: 'chromium', source: systemBrowser, probe: '--version' },
  { name: 'bun', package: 'bun', source: runtimePackages, probe: '--version' },
  { name: 'deno', package: 'deno', source: runtimePackages, probe: '--version' },
  {
    name: 'openssl',
    // For the page on TLS; the certificates of other tests are made without it.
    package: 'openssl',
    source: debianPackages,
    probe: 'version',
    oldest: '1.1.1',
  },
  { name: 'zsh', package: 'zsh', source: debianPackages, probe: '--version' },
  {
    name: 'fish',
    package: 'fish',
    needs: ['libpcre2-32-0'],
    source: debianPackages,
    probe: '--version',
  },
  {
    name: 'pebble',
    package: 'github.com/letsencrypt/pebble/v2/cmd/pebble',
    source: goPrograms,
    probe: '-version',
  },
  {
    name: 'pebble-challtestsrv',
    package: 'github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv',
    source: goPrograms,
    probe: '-help',
  },
];

/** Number by number: 1.9 is older than 1.60. */
const isOlder = (version: string, oldest: string | undefined): boolean =>
  oldest !== undefined && version.localeCompare(oldest, 'en', { numeric: true }) < 0;

const isMissing = (tool: Tool): boolean => tool.source.versionOf(tool) === undefined;

for (const source of new Set(tools.map((tool) => tool.source))) {
  const missing = tools.filter((tool) => tool.source === source && isMissing(tool));
  if (missing.length > 0) source.install(missing);
}
const versions = tools.map((tool) => {
  const version = tool.source.versionOf(tool);
  if (version === undefined) fail(`${tool.name} was installed and does not run.`, tool.package);
  if (isOlder(version, tool.oldest)) {
    fail(`the client tests need ${tool.name} ${tool.oldest} or newer.`, `There is ${version}.`);
  }
  return `${tool.name} ${version}`;
});
say(versions.join(', '));
