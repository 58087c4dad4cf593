/**
 * `encoding-type=url`: how keys, prefixes and markers are written in listings when the client asks for it.
 *
 * AWS writes a space as `+`. Kist writes `%20`, which every client decodes right: boto3, rclone and the
 * Java and Go SDKs read `+` and `%20` alike, and plain percent-decoders (`decodeURIComponent`, Python's
 * `unquote`) only the latter. A literal `+` is always `%2B`. Unreserved characters of RFC 3986 and `/` stay.
 */

const untouched = /^[A-Za-z0-9\-._~/]*$/;
const leftAlone = /[!'()*]|%2F/g;

const replacements: Readonly<Record<string, string>> = {
  '%2F': '/',
  '!': '%21',
  "'": '%27',
  '(': '%28',
  ')': '%29',
  '*': '%2A',
};

export function encodeUrl(text: string): string {
  if (untouched.test(text)) return text;
  return encodeURIComponent(text).replace(leftAlone, (match) => replacements[match]!);
}

/** Reads both spellings of a space; text that isn't percent-encoded comes back as it is. */
export function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
