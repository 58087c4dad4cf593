/** Settings of a client that variables and the chosen profile have, as AWS's tools read them. */
import type { EnvironmentSettings } from '../runtime.ts';
import { regionOf } from './credentials/chain.ts';
import type { Environment } from './credentials/environment.ts';
import { readProfiles } from './credentials/profiles.ts';

export function environmentSettings(env: Environment): EnvironmentSettings {
  const profiles = readProfiles(env);
  const profile = profiles.get(profiles.chosen) ?? {};
  const services = profile.services ? profiles.services(profile.services) : undefined;
  const isIgnored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';
  const endpoint =
    env.AWS_ENDPOINT_URL_S3 ||
    env.AWS_ENDPOINT_URL ||
    services?.['s3.endpoint_url'] ||
    profile.endpoint_url;
  return {
    endpoint: isIgnored ? undefined : endpoint || undefined,
    region: regionOf(env, profiles),
    addressingStyle: profile['s3.addressing_style'] || undefined,
    signatureVersion: profile['s3.signature_version'] || undefined,
    requestChecksums: calculation(
      env.AWS_REQUEST_CHECKSUM_CALCULATION || profile.request_checksum_calculation,
    ),
    responseChecksums: calculation(
      env.AWS_RESPONSE_CHECKSUM_VALIDATION || profile.response_checksum_validation,
    ),
    maxAttempts: Number(env.AWS_MAX_ATTEMPTS || profile.max_attempts) || undefined,
  };
}

/** `when_supported` as AWS's tools spell it. */
function calculation(text: string | undefined) {
  const value = text?.toLowerCase();
  if (value === 'when_supported') return 'whenSupported';
  return value === 'when_required' ? 'whenRequired' : undefined;
}
