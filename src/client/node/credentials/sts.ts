/**
 * Temporary keys from the Security Token Service, for a role.
 *
 * STS API reference, AssumeRole and AssumeRoleWithWebIdentity (Query protocol, version 2011-06-15).
 */
import { readFile } from 'node:fs/promises';
import { uriEncode } from '../../../protocol/sigv4/percent-encoding.ts';
import { signSigV4 } from '../../../protocol/sigv4/sign.ts';
import { sha256Hex } from '../../../protocol/sigv4/signing-key.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import { S3Error } from '../../s3-error.ts';

const version = '2011-06-15';
const timeoutMs = 30_000;

export interface StsPlace {
  /** An origin; that of AWS in the region if undefined. */
  readonly endpoint: string | undefined;
  readonly region: string;
}

export interface Role {
  readonly arn: string;
  readonly sessionName: string | undefined;
  readonly externalId?: string | undefined;
  readonly durationSeconds?: string | undefined;
}

/** @param source keys that may assume the role */
export async function assumeRole(
  place: StsPlace,
  role: Role,
  source: Credentials,
): Promise<Credentials> {
  return call(place, 'AssumeRole', parametersOf(role), source);
}

/** @param tokenFile read anew each time: what runs the process renews it */
export async function assumeRoleWithWebIdentity(
  place: StsPlace,
  role: Role,
  tokenFile: string,
): Promise<Credentials> {
  const token = (await readFile(tokenFile, 'utf8')).trim();
  return call(place, 'AssumeRoleWithWebIdentity', {
    ...parametersOf(role),
    WebIdentityToken: token,
  });
}

const parametersOf = ({ arn, sessionName, externalId, durationSeconds }: Role) => ({
  RoleArn: arn,
  RoleSessionName: sessionName || `kist-client-${Date.now()}`,
  ...(externalId ? { ExternalId: externalId } : {}),
  ...(durationSeconds ? { DurationSeconds: durationSeconds } : {}),
});

async function call(
  { endpoint, region }: StsPlace,
  action: string,
  parameters: Readonly<Record<string, string>>,
  source?: Credentials,
): Promise<Credentials> {
  const url = new URL(endpoint ?? `https://sts.${region}.amazonaws.com`);
  const pairs = Object.entries({ Action: action, Version: version, ...parameters });
  const body = pairs.map(([name, value]) => `${name}=${uriEncode(value)}`).join('&');
  const headers = {
    host: url.host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  const path = url.pathname;
  const signed =
    source === undefined
      ? headers
      : signSigV4({ method: 'POST', rawPath: path, rawQuery: '', query: [], headers }, source, {
          now: Date.now(),
          region,
          service: 'sts',
          payload: sha256Hex(body),
        }).headers;
  const { host: _host, ...sent } = signed;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: sent,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await answer.text();
  } catch (cause) {
    throw new S3Error(
      'MissingCredentials',
      `${url.origin} could not be asked for the keys of ${parameters.RoleArn}`,
      { cause },
    );
  }
  const read = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const accessKeyId = read('AccessKeyId');
  const secretAccessKey = read('SecretAccessKey');
  if (!answer.ok || accessKeyId === undefined || secretAccessKey === undefined) {
    const why =
      [read('Code'), read('Message')].filter(Boolean).join(': ') || `status ${answer.status}`;
    throw new S3Error(
      'MissingCredentials',
      `${action} of ${parameters.RoleArn} was refused: ${why}`,
    );
  }
  const expiration = read('Expiration');
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: read('SessionToken'),
    expiration: expiration === undefined ? undefined : new Date(expiration),
  };
}
