/** JSON from another server: in time, not too much of it, and from where it was asked for. */
import type { FetchLimits } from '../identity/web-identity.ts';

/** @throws unless there is JSON to be had; redirects are not followed */
export async function fetchJson(url: string, limits: FetchLimits): Promise<unknown> {
  const { timeoutMs, maxBytes } = limits;
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${url} was answered with ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    // To leave the loop gives the connection up.
    if (bytes > maxBytes) throw new Error(`${url} has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
