/** The addresses of a banner can be called, and its program can be pasted. */
import { expect, it } from 'vitest';
import { type BannerInput, renderBanner } from './banner.ts';

const input: BannerInput = {
  s3: { host: '127.0.0.1', port: 9000 },
  console: { host: '127.0.0.1', port: 9001 },
  redirects: undefined,
  tls: false,
  consoleTls: false,
  config: { region: 'eu-west-1', memory: false, dataDir: '/srv/kist' },
  root: {
    accountId: 'a'.repeat(64),
    accessKeyId: 'KISTKEY',
    secretAccessKey: 'secret/+',
    origin: 'created',
    file: '/srv/kist/root-credentials.json',
  },
};

it('starts the program at the first column, so that it can be pasted', () => {
  const program = renderBanner(input).split('\n\n').at(-1)!;
  expect(program.split('\n')[0]).toBe('import boto3');
  expect(program).toContain("region_name='eu-west-1'");
});

it.each([
  ['0.0.0.0', 'http://127.0.0.1:9000'],
  ['::', 'http://[::1]:9000'],
  ['fd00::7', 'http://[fd00::7]:9000'],
  ['s3.example.com', 'http://s3.example.com:9000'],
])('names an endpoint that can be called for %s', (host, endpoint) => {
  const banner = renderBanner({ ...input, s3: { host, port: 9000 } });
  expect(banner).toContain(`endpoint_url='${endpoint}'`);
});

it('names https where the ports speak TLS, and the port for those that do not', () => {
  const redirects = { host: '127.0.0.1', port: 9080 };
  const banner = renderBanner({ ...input, tls: true, redirects });
  expect(banner).toContain(`endpoint_url='https://127.0.0.1:9000'`);
  expect(banner).toContain('(http://127.0.0.1:9001/health/ready, /metrics)');
  expect(banner).toContain('Redirects to https  http://127.0.0.1:9080');
  expect(renderBanner({ ...input, tls: true, consoleTls: true })).toContain(
    '(https://127.0.0.1:9001',
  );
});

it('quotes paths for Python', () => {
  const root = { ...input.root, origin: 'stored' as const, file: `/srv/it's "here"/root.json` };
  expect(renderBanner({ ...input, root })).toContain(`open("/srv/it's \\"here\\"/root.json")`);
});
