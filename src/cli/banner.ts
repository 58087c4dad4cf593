/** What `kist serve` prints once it serves: where it is, whose keys to use, and a first program. */
import { isIPv6 } from 'node:net';
import type { Config } from '../config/schema.ts';
import { variableOf } from '../config/schema.ts';
import type { Address } from '../http/supervisor-messages.ts';
import type { RootCredentials } from '../identity/root-credentials.ts';

export interface BannerInput {
  readonly s3: Address;
  readonly console: Address;
  /** The port that redirects from plain HTTP. */
  readonly redirects: Address | undefined;
  /** Whether the S3 port speaks TLS. */
  readonly tls: boolean;
  readonly consoleTls: boolean;
  readonly root: RootCredentials;
  readonly config: Pick<Config, 'region' | 'memory' | 'dataDir'>;
}

export function renderBanner(input: BannerInput): string {
  const { root, config } = input;
  const endpoint = urlOf(input.s3, input.tls);
  const redirects = input.redirects && urlOf(input.redirects, false);
  return `
Kist is ready.

  S3 endpoint        ${endpoint}
  Console port       ${input.console.port}  (${urlOf(input.console, input.consoleTls)}/health/ready, /metrics)${
    redirects === undefined ? '' : `\n  Redirects to https  ${redirects}`
  }
  Data               ${config.memory ? 'in memory, gone at the end' : config.dataDir}
  Access key id      ${root.accessKeyId}
  Secret access key  ${secretLine(root)}

Try it with boto3 (pip install boto3):

${snippet(endpoint, config.region, root)}
`;
}

/** An address that can be called: "all addresses" can be listened on only. */
function urlOf({ host, port }: Address, tls: boolean): string {
  const callable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http${tls ? 's' : ''}://${isIPv6(callable) ? `[${callable}]` : callable}:${port}`;
}

function secretLine(root: RootCredentials): string {
  switch (root.origin) {
    case 'created':
      return root.file === undefined
        ? root.secretAccessKey
        : `${root.secretAccessKey}\n                     (shown this once; kept in ${root.file})`;
    case 'stored':
      return `kept in ${root.file}`;
    case 'given':
      return 'as configured';
  }
}

/**
 * Not indented, so that it can be pasted into a file or a prompt, any number of times. Where the
 * secret is not shown, the program reads it from where it is kept.
 */
function snippet(endpoint: string, region: string, root: RootCredentials): string {
  const [imports, accessKeyId, secret] = credentialLines(root);
  return `import boto3${imports}
s3 = boto3.client(
    's3',
    endpoint_url='${endpoint}',
    region_name='${region}',
    aws_access_key_id=${accessKeyId},
    aws_secret_access_key=${secret},
)
any(b['Name'] == 'my-bucket' for b in s3.list_buckets()['Buckets']) or s3.create_bucket(Bucket='my-bucket')
s3.put_object(Bucket='my-bucket', Key='hello.txt', Body=b'Hello from Kist')
print(s3.get_object(Bucket='my-bucket', Key='hello.txt')['Body'].read().decode())`;
}

function credentialLines(
  root: RootCredentials,
): readonly [imports: string, accessKeyId: string, secretAccessKey: string] {
  const accessKeyId = python(root.accessKeyId);
  switch (root.origin) {
    case 'created':
      return ['', accessKeyId, python(root.secretAccessKey)];
    case 'stored':
      return [
        `, json\nroot = json.load(open(${python(root.file ?? '')}))`,
        `root['accessKeyId']`,
        `root['secretAccessKey']`,
      ];
    case 'given':
      return [', os', accessKeyId, `os.environ['${variableOf('rootSecretAccessKey')}']`];
  }
}

/** A Python string literal; JSON's are among them. */
function python(text: string): string {
  return /^[\w./+-]*$/.test(text) ? `'${text}'` : JSON.stringify(text);
}
