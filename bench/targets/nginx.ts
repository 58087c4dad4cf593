/**
 * nginx serving the same bytes as static files with sendfile: what a web server of the distribution
 * does with its own defaults, except that it logs no requests and keeps connections open.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, startServer } from '../processes.ts';
import type { FoundTarget, RunningTarget, StartOptions } from './target.ts';

/** Not on every user's PATH. */
const commands = ['nginx', '/usr/sbin/nginx'];

export function findNginx(layout: Layout): FoundTarget {
  const name = 'nginx';
  const command = commands.find((candidate) => versionOf(candidate) !== undefined);
  if (command === undefined) return { name, absent: 'not installed: apt-get install nginx-light' };
  return {
    name,
    about: `nginx ${versionOf(command)}, static files, sendfile and tcp_nopush on, access_log off`,
    fsync: 'read only',
    start: (options) => startNginx(layout, command, options),
  };
}

async function startNginx(
  layout: Layout,
  command: string,
  options: StartOptions,
): Promise<RunningTarget> {
  const { dataDir } = options;
  const port = await freePort();
  const files = join(dataDir, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'index.html'), 'up');
  const configFile = join(dataDir, 'nginx.conf');
  writeFileSync(configFile, configuration(options, files, port));
  const server = await startServer({
    command: onCores(layout, options.cores, [
      ...[command, '-p', dataDir, '-c', configFile],
      ...['-e', join(dataDir, 'error.log')],
    ]),
    port,
    logFile: join(dataDir, 'nginx.log'),
  });
  const bucket = 'bench';
  return {
    ...server,
    host: '127.0.0.1',
    credentials: undefined,
    bucket,
    createBucket: async () => {
      mkdirSync(join(files, bucket));
    },
    putAll: async (keys, body) => {
      for (const key of keys) {
        const file = join(files, bucket, key);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, body);
      }
    },
  };
}

function configuration(options: StartOptions, files: string, port: number): string {
  // Started by root, nginx gives its workers to a user who cannot read a private directory.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(options.dataDir, kind)};`)
    .join('\n  ');
  return `${user}
daemon off;
pid ${join(options.dataDir, 'nginx.pid')};
worker_processes ${options.workers};
events { worker_connections 1024; }
http {
  ${temporary}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:${port};
    root ${files};
  }
}
`;
}

function versionOf(command: string): string | undefined {
  try {
    // nginx writes it to standard error.
    const text = execFileSync('sh', ['-c', `"${command}" -v 2>&1`], { encoding: 'utf8' });
    return /nginx\/(\S+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
