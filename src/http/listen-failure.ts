/** Why a port cannot be listened on, in words for the person who runs the server. */

/** The error's code if it comes from listening; a store may fail with the same codes. */
export function listenFailureCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const isListening = ['listen', 'bind', 'getaddrinfo'].includes(String(error.syscall));
  return isListening ? String(error.code) : undefined;
}

/** What to do about it; undefined for codes that say nothing to a user. */
export function explainListenFailure(
  code: string | undefined,
  at: { readonly host: string; readonly port: number },
  setting: string,
): string | undefined {
  const where = `${at.host} port ${at.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program. Stop that one, or choose another port with ${setting}.`;
    case 'EACCES':
      return `${where} needs privileges that this user has not. Choose a port of 1024 or above with ${setting}.`;
    case 'EADDRNOTAVAIL':
      return `${at.host} is not an address of this machine. Choose another with --host.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${at.host} has no address. Choose another with --host.`;
    default:
      return undefined;
  }
}
