/** Amounts of bytes as people read them. */

/** For amounts that grow while they are looked at, or stand beside each other: always in the same unit. */
export const inMiB = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** In the largest unit of which there is one or more. */
export function inBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = Number.isInteger(value) ? 0 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
