import { describe, expect, it } from 'vitest';
import { checkAddressRule, letsIn, networkOf, plainAddress } from './addresses.ts';

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('%s is written as %s', (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });

  it.each(['', 'localhost', '192.0.2.256', '192.0.2.1:80', '0xc0.0.2.1', '10.1', 'unknown'])(
    'is not %j',
    (text) => {
      expect(plainAddress(text)).toBeUndefined();
    },
  );
});

describe('a network', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['1:2:3:4:5::8', '1:2:3:4::/64'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a rule', () => {
  it.each([
    ['127.0.0.1', true],
    ['10.255.0.1', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['169.254.1.1', true],
    ['8.8.8.8', false],
    ['::1', true],
    ['fd12::1', true],
    ['fe80::1', true],
    ['2001:db8::1', false],
  ])('private lets %s in: %s', (address, isIn) => {
    expect(letsIn('private', address)).toBe(isIn);
    expect(letsIn('public', address)).toBe(true);
  });

  it('of blocks lets in what is within one of them', () => {
    const rule = ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'];
    for (const address of ['192.0.2.0', '192.0.2.255', '2001:db8:ffff::1', '198.51.100.7']) {
      expect(letsIn(rule, address), address).toBe(true);
    }
    for (const address of ['192.0.3.0', '2001:db9::1', '198.51.100.8', '::1']) {
      expect(letsIn(rule, address), address).toBe(false);
    }
  });

  it('of all of IPv6 lets no IPv4 in, and the other way round', () => {
    expect(letsIn(['::/0'], '192.0.2.1')).toBe(false);
    expect(letsIn(['0.0.0.0/0'], '2001:db8::1')).toBe(false);
  });

  it('lets an address that nobody knows in only where all are', () => {
    expect(letsIn('public', undefined)).toBe(true);
    expect(letsIn('private', undefined)).toBe(false);
    expect(letsIn(['0.0.0.0/0', '::/0'], undefined)).toBe(false);
  });

  it.each([
    [['192.0.2.0/33'], 'is no IP address or CIDR block'],
    [['192.0.2/24'], 'is no IP address or CIDR block'],
    [['2001:db8::/129'], 'is no IP address or CIDR block'],
    [['office'], 'is no IP address or CIDR block'],
    [['10.0.0.0/8 '], 'is no IP address or CIDR block'],
    [['::ffff:10.0.0.0/104'], 'write it as IPv4'],
    [[], 'must not be empty'],
    ['internal', 'must be public, private, or a list'],
    [Array(1001).fill('192.0.2.1'), 'more than 1000'],
  ])('%j is refused', (rule, message) => {
    expect(() => checkAddressRule(rule as never)).toThrow(message);
  });
});
