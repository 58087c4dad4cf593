/**
 * Keys that the machine or the container brings: asked for over HTTP, on addresses that lead no further.
 *
 * AWS SDKs and Tools Reference Guide, "IMDS credential provider" and "Container credential provider".
 */
import { readFile } from 'node:fs/promises';
import type { Credentials } from '../../credentials/credentials.ts';
import { S3Error } from '../../s3-error.ts';
import type { Environment } from './environment.ts';

/** A machine that isn't one of theirs has nobody there: it must not take long to find out. */
const timeoutMs = 1_000;
const attempts = 3;
const tokenSeconds = '21600';

const containerHost = 'http://169.254.170.2';
/** Where keys may be asked for without encryption: the machine itself, and the addresses of ECS and EKS. */
const plainHosts: ReadonlySet<string> = new Set([
  'localhost',
  '169.254.170.2',
  '169.254.170.23',
  '[fd00:ec2::23]',
  '[::1]',
]);

const missing = (why: string, cause?: unknown) => new S3Error('MissingCredentials', why, { cause });

/** Undefined outside such a container. */
export function containerCredentials(env: Environment): (() => Promise<Credentials>) | undefined {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const full = relative ? `${containerHost}${relative}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!full) return undefined;
  return async () => {
    const url = URL.canParse(full) ? new URL(full) : undefined;
    if (url === undefined || !isAllowed(url)) {
      throw missing(`no keys are asked for at ${full}: neither encrypted nor on this machine`);
    }
    const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
    const token = file
      ? (await readFile(file, 'utf8')).trim()
      : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
    if (token && /[\r\n]/.test(token)) throw missing('the authorization token has a line break');
    const answer = await ask(url, token ? { authorization: token } : {});
    return credentialsOf(answer);
  };
}

const isAllowed = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || plainHosts.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** Undefined where the environment says not to ask. */
export function instanceCredentials(env: Environment): (() => Promise<Credentials>) | undefined {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
  const isV6 = env.AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE?.toLowerCase() === 'ipv6';
  const host =
    env.AWS_EC2_METADATA_SERVICE_ENDPOINT ||
    (isV6 ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254');
  return async () => {
    const token = await ask(
      new URL('/latest/api/token', host),
      { 'x-aws-ec2-metadata-token-ttl-seconds': tokenSeconds },
      'PUT',
    );
    const headers = { 'x-aws-ec2-metadata-token': token };
    const roles = new URL('/latest/meta-data/iam/security-credentials/', host);
    const role = (await ask(roles, headers)).split('\n')[0]!.trim();
    if (role === '') throw missing('this machine has no role');
    return credentialsOf(await ask(new URL(encodeURIComponent(role), roles), headers));
  };
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(url, {
        method,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await answer.text();
      if (answer.ok) return text;
      if (answer.status < 500 || attempt === attempts) {
        throw missing(`${url.origin} answered ${answer.status} when it was asked for keys`);
      }
    } catch (error) {
      if (error instanceof S3Error) throw error;
      if (attempt === attempts || isNobody(error)) {
        throw missing(`nobody answered at ${url.origin} when it was asked for keys`, error);
      }
    }
  }
}

/** Asking again would take as long and bring as little. */
function isNobody(error: unknown): boolean {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return (
    name === 'TimeoutError' ||
    ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(cause?.code ?? '')
  );
}

/** @param text as both services answer: `AccessKeyId`, `SecretAccessKey`, `Token`, `Expiration` */
function credentialsOf(text: string): Credentials {
  let answer: Readonly<Record<string, string | undefined>>;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch (error) {
    throw missing('what came in place of keys is no JSON', error);
  }
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
  } = answer;
  if (!accessKeyId || !secretAccessKey) {
    throw missing(`no keys came: ${answer.Message ?? answer.Code ?? 'no reason was given'}`);
  }
  const expiration = answer.Expiration === undefined ? undefined : new Date(answer.Expiration);
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}
