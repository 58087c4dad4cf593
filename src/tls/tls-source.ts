/**
 * The certificates that a server speaks TLS with, as they are now, for everybody who serves connections with
 * them: in the process that reads the files, and in those that it sends them to. A worker that is started again
 * gets what is in use, whatever has become of the files meanwhile.
 */

/** A certificate with its chain, and the key that fits it. Plain data that travels between processes. */
export interface CertificatePair {
  /** `tlsCert`, `acmeDomains`, or its name in the directory of `tlsCertificates`: for logs and metrics. */
  readonly name: string;
  /** DNS names, in lower case, `*.example.com` among them; the first certificate's. */
  readonly names: readonly string[];
  /** PEM, the server's own certificate first. */
  readonly certificate: string;
  /** PEM. Secret. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Why what is on disk is not in use. */
export interface CertificateProblem {
  readonly name: string;
  /** What is wrong and what to do. */
  readonly reason: string;
}

export interface TlsState {
  /** At least one; the first is for clients that name no server, or one that no certificate is for. */
  readonly pairs: readonly CertificatePair[];
  /** 48 bytes in base64: sessions that one process began, another can resume. Secret. */
  readonly ticketKeys: string;
  readonly problems: readonly CertificateProblem[];
}

export interface TlsSource {
  current(): TlsState;
  /** Calls back with each later state; what it returns ends that. */
  onChange(listener: (state: TlsState) => void): () => void;
}

export interface TlsHolder extends TlsSource {
  set(state: TlsState): void;
}

/** A source that is what it was last set to. */
export function holdTlsState(initial: TlsState): TlsHolder {
  let state = initial;
  const listeners = new Set<(state: TlsState) => void>();
  return {
    current: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(next) {
      state = next;
      for (const listener of listeners) listener(next);
    },
  };
}
