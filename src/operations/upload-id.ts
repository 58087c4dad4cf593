/** What an upload id looks like: the store's 16 bytes in hex. */

const uploadId = /^[0-9a-f]{32}$/;

export function isUploadId(text: string): boolean {
  return uploadId.test(text);
}
