/** Names that Windows keeps for devices, with or without an extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Why a key cannot be a path below a store's root on every system (behaviour.md §6), or null if it can: forward
 * slashes, every part a plain file name, nothing that climbs out.
 */
export function badKeyReason(key: string): string | null {
  if (key === '') return 'it is empty';
  if (Buffer.byteLength(key) > 1000) return 'it is too long';
  for (const part of key.split('/')) {
    if (part === '') return 'it has an empty part';
    if (part === '.' || part === '..') return 'it climbs out of its folder';
    if (/[\\:*?"<>|\p{Cc}]/u.test(part)) return `"${part}" holds a character that not every system takes`;
    if (/[. ]$/.test(part)) return `"${part}" ends in a dot or a space`;
    if (devices.test(part)) return `"${part}" is the name of a device on Windows`;
    if (Buffer.byteLength(part) > 240) return `"${part.slice(0, 40)}…" is too long`;
  }
  return null;
}
