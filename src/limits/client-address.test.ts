import { describe, expect, it } from 'vitest';
import { networksOf } from './addresses.ts';
import { clientAddress } from './client-address.ts';

const trusted = networksOf(['10.0.0.0/8', '2001:db8:1::/48']);

describe('the address of a client', () => {
  it.each([
    ['is the socket’s, whatever a header says', '192.0.2.1', '8.8.8.8', '192.0.2.1'],
    ['is the one that a trusted proxy tells', '10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['is not what the client made up', '10.0.0.1', '10.9.9.9, 8.8.8.8, 192.0.2.7', '192.0.2.7'],
    ['goes through proxies in a row', '10.0.0.1', '192.0.2.7, 10.0.0.3,10.0.0.2', '192.0.2.7'],
    ['is the first of proxies alone', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['is the proxy’s, if it tells of nobody', '10.0.0.1', undefined, '10.0.0.1'],
    ['is unknown, if it tells nonsense', '10.0.0.1', '10.0.0.7, unknown', undefined],
    ['is unknown, if it tells nothing', '10.0.0.1', '', undefined],
    ['may come with a port', '10.0.0.1', '192.0.2.7:4711', '192.0.2.7'],
    ['may come in brackets', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['is IPv4 within IPv6', '::ffff:10.0.0.1', '::ffff:192.0.2.7', '192.0.2.7'],
    ['may come through a proxy of IPv6', '2001:db8:1::1', '192.0.2.7', '192.0.2.7'],
    ['is unknown of a socket that is gone', undefined, '192.0.2.7', undefined],
  ])('%s', (_, peer, header, address) => {
    expect(clientAddress(peer, header, trusted)).toBe(address);
  });

  it('is the socket’s where no proxy is trusted', () => {
    expect(clientAddress('::ffff:10.0.0.1', '192.0.2.7', undefined)).toBe('10.0.0.1');
  });

  it('looks at the last hops of a long row only', () => {
    const row = ['192.0.2.7', ...Array(40).fill('10.0.0.2')].join(',');
    expect(clientAddress('10.0.0.1', row, trusted)).toBe('10.0.0.2');
  });
});
