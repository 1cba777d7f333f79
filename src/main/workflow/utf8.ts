/** What a file is written in when it is UTF-16; null when it does not look like that. */
export function utf16Name(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)';
  // without a mark: every other byte of a JSON file's beginning is zero
  if (first !== 0 && second === 0 && third !== 0) return 'UTF-16 (little endian)';
  if (first === 0 && second !== 0 && third === 0) return 'UTF-16 (big endian)';
  return null;
}

/** Offset of the first byte that is not UTF-8, found by halving: a prefix is fine or it is not. */
export function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8Start(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isUtf8Start(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
