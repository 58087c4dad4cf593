/** Why a bench cannot go on: the server's refusal or the network's, told without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
