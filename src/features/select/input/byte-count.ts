/** What Stats and Progress tell: bytes read of the object, after decompression, and of the result. */
export interface ByteCount {
  scanned: number;
  processed: number;
  returned: number;
}

export function newByteCount(): ByteCount {
  return { scanned: 0, processed: 0, returned: 0 };
}
