/** Names that end in `.localhost` are this machine, as RFC 6761 has it and not every resolver knows. */
import dns, { type LookupAddress } from 'node:dns';

type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

const resolve = dns.lookup as (name: string, options: object, answer: Answer) => void;

/** For all that this process looks up from now on. */
export function resolveLocalhostNames(): void {
  const lookup = (name: string, options: { readonly all?: boolean }, answer: Answer): void => {
    if (!/(?:^|\.)localhost$/.test(name)) resolve(name, options, answer);
    else if (options.all) answer(null, [{ address: '127.0.0.1', family: 4 }]);
    else answer(null, '127.0.0.1', 4);
  };
  dns.lookup = lookup as typeof dns.lookup;
}
