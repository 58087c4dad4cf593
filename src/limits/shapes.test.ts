import { describe, expect, it } from 'vitest';
import { checkQuota, checkRateLimit } from './shapes.ts';

describe('limits as people give them', () => {
  it('are kept as given, and none at all is no limit', () => {
    expect(checkQuota({ maxBytes: 0, maxObjects: 7 })).toEqual({ maxBytes: 0, maxObjects: 7 });
    expect(checkQuota({})).toBeUndefined();
    expect(checkQuota(undefined)).toBeUndefined();
    expect(checkRateLimit({ requestsPerSecond: 0.5 })).toEqual({ requestsPerSecond: 0.5 });
    expect(checkRateLimit({ bytesPerSecond: undefined as never })).toBeUndefined();
  });

  it.each([
    [{ maxBytes: -1 }, 'maxBytes must be a whole number, 0 or more'],
    [{ maxObjects: 1.5 }, 'maxObjects must be a whole number, 0 or more'],
    [{ maxBytes: '5' }, 'maxBytes must be a number'],
    [{ maxUsers: 5 }, 'maxUsers is no limit'],
  ])('refuses the quota %j', (quota, message) => {
    expect(() => checkQuota(quota as never)).toThrow(message);
  });

  it.each([
    [{ requestsPerSecond: 0 }, 'requestsPerSecond must be more than 0'],
    [{ bytesPerSecond: Number.NaN }, 'bytesPerSecond must be more than 0'],
    [{ burst: 5 }, 'burst is no limit'],
  ])('refuses the rate %j', (rate, message) => {
    expect(() => checkRateLimit(rate as never)).toThrow(message);
  });
});
