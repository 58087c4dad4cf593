/** Errors of servers and of the way to them, with what to do about them. */
import { errorText, S3Error } from '../client/s3-error.ts';
import { CommandError } from './command-error.ts';

/** Code → what helps. */
const advice: Readonly<Record<string, string>> = {
  AccessDenied: 'The key may not do this; "kist whoami" tells whose it is.',
  AccountProblem: 'Ask who runs the server.',
  BucketAlreadyExists: 'Somebody else has a bucket of that name: choose another one.',
  BucketNotEmpty: 'Remove what is in it, or say --force to have that done.',
  DeleteConflict: 'Remove first what belongs to it: keys, memberships, policies.',
  EntityTooSmall: 'Say a larger --part-size.',
  ExpiredToken: 'Get new temporary credentials.',
  Forbidden: 'The key may not do this; "kist whoami" tells whose it is.',
  InvalidAccessKeyId: 'The server has no such key: check the alias with "kist alias test".',
  InvalidClientTokenId: 'The server has no such key: check the alias with "kist alias test".',
  InvalidBucketName:
    'Names have 3 to 63 lower-case letters, digits, dots and hyphens, and begin and end with a letter or digit.',
  MethodNotAllowed: 'This server does not have it.',
  MissingCredentials: '"kist alias set" keeps keys under a name.',
  NetworkError: 'Check that the server runs and that nothing between is cut; then run it again.',
  NoSuchBucket: '"kist bucket list" shows those there are, "kist bucket create" makes one.',
  NoSuchKey: '"kist object ls" shows what there is.',
  NotFound: '"kist object ls" shows what there is.',
  NotImplemented: 'This server does not have it.',
  RequestTimeTooSkewed: 'Set the clock of this machine.',
  ServerUnreachable:
    'Check that the server runs and that the endpoint is right ("kist alias list").',
  SignatureDoesNotMatch: 'The secret is wrong, or a proxy changes requests: set the alias again.',
  SlowDown: 'Run it again later, or with a smaller --concurrency.',
  TimeoutError: 'Run it again; if it stays so, look at the network between.',
};

/** Of the admin API, where it means something else. */
const adminAdvice: Readonly<Record<string, string>> = {
  AccessDenied:
    'Most of this is for the server\'s root; "kist whoami" tells whose the key is, --alias names another one.',
  Conflict: '',
  InvalidRequest: '',
  MisdirectedRequest: 'Add the name to the setting consoleDomain, or use an address.',
  NetworkError:
    'Check that the server runs, and where its console port is: "kist alias set … --console-url" tells of another one than 9001.',
  NotFound: '',
  NotTheApi:
    'Say where the console port of the server is: "kist alias set … --console-url". Servers other than Kist have none.',
  TooManyAttempts: 'Wait a minute.',
};

/** What `S3Error.operation` begins with, for requests to the admin API. */
export const adminOperation = 'api:';

function adviceFor({ code, operation = '' }: S3Error): string | undefined {
  const own = operation.startsWith(adminOperation) ? adminAdvice[code] : undefined;
  return own === undefined ? advice[code] : own || undefined;
}

/** What is no error of a server or of a file stays itself: a fault of ours, with its stack. */
export function explained(error: unknown): unknown {
  if (error instanceof S3Error) return new CommandError(sentence(error), undefined, error);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return new CommandError(ended(error.message), undefined, error);
  }
  return error;
}

/** For a failure among many: `NoSuchKey (404): …. What helps.` */
export function sentence(error: unknown): string {
  const text = ended(errorText(error));
  const what = error instanceof S3Error ? adviceFor(error) : undefined;
  return what === undefined ? text : `${text} ${what}`;
}

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
