/** A server that cannot start or go on, in words for the person who runs it. */
export class ServerEndedError extends Error {
  override readonly name = 'ServerEndedError';
}
