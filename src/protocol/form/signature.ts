/**
 * Who signed a browser's form: the base64 text of its policy, in Signature Version 4 or 2 ("Authenticating
 * Requests in Browser-Based Uploads Using POST" in the API reference).
 *
 * How long a signature is good for is the policy's expiration alone.
 */
import { S3Error } from '../errors.ts';
import { signV2 } from '../sigv2/verify.ts';
import { signatureMismatch } from '../sigv4/mismatch.ts';
import { deriveSigningKey, sameSignature, signText } from '../sigv4/signing-key.ts';

export interface FormClaim {
  readonly accessKeyId: string;
  /** As sent: what was signed. */
  readonly policy: string;
  readonly signature: string;
  /** Of temporary keys. */
  readonly sessionToken?: string | undefined;
  /** Of Signature Version 4. */
  readonly scope?: { readonly date: string; readonly region: string };
}

type Fields = ReadonlyMap<string, string>;

/**
 * Undefined for a form that nobody signed.
 * @throws S3Error InvalidArgument, InvalidToken
 */
export function formClaim(fields: Fields): FormClaim | undefined {
  const isV4 = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-signature'].some((name) =>
    fields.has(name),
  );
  const isSigned =
    isV4 || ['awsaccesskeyid', 'signature', 'policy'].some((name) => fields.has(name));
  if (!isSigned) return undefined;
  const claim = isV4 ? claimV4(fields) : claimV2(fields);
  return { ...claim, sessionToken: fields.get('x-amz-security-token') };
}

function claimV2(fields: Fields): FormClaim {
  return {
    accessKeyId: needed(fields, 'AWSAccessKeyId'),
    policy: needed(fields, 'policy'),
    signature: needed(fields, 'signature'),
  };
}

const credentialForm = /^([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/;
const timeForm = /^(\d{8})T\d{6}Z$/;

function claimV4(fields: Fields): FormClaim {
  const algorithm = needed(fields, 'X-Amz-Algorithm');
  const credential = needed(fields, 'X-Amz-Credential');
  const time = needed(fields, 'X-Amz-Date');
  const signature = needed(fields, 'X-Amz-Signature');
  const policy = needed(fields, 'policy');
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw argument(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"',
      'X-Amz-Algorithm',
      algorithm,
    );
  }
  const scope = credentialForm.exec(credential);
  if (scope === null) {
    throw argument(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request".',
      'X-Amz-Credential',
      credential,
    );
  }
  const [, accessKeyId = '', date = '', region = ''] = scope;
  if (timeForm.exec(time)?.[1] !== date) {
    throw argument(
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\", on the day of the credential",
      'X-Amz-Date',
      time,
    );
  }
  return { accessKeyId, policy, signature, scope: { date, region } };
}

/**
 * @param region the only region that a signature may name; any if undefined
 * @throws S3Error SignatureDoesNotMatch, InvalidArgument
 */
export function verifyFormClaim(
  claim: FormClaim,
  secret: string,
  region: string | undefined,
): void {
  const { accessKeyId, policy, signature, scope } = claim;
  if (scope !== undefined && region !== undefined && scope.region !== region) {
    throw argument(
      `the region '${scope.region}' is wrong; expecting '${region}'`,
      'X-Amz-Credential',
      scope.region,
    );
  }
  const expected =
    scope === undefined
      ? signV2(secret, policy)
      : signText(deriveSigningKey(secret, scope.date, scope.region, 's3'), policy);
  if (sameSignature(expected, signature)) return;
  throw signatureMismatch({ accessKeyId, stringToSign: policy, signatureProvided: signature });
}

function needed(fields: Fields, name: string): string {
  const value = fields.get(name.toLowerCase());
  if (value !== undefined && value !== '') return value;
  throw argument(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    name,
    '',
  );
}

function argument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}
