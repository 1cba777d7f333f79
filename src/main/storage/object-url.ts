/**
 * The address of an object below a base address that somebody serves: every part of the key is encoded, the slashes
 * between them stay.
 */
export function objectUrl(base: string, key: string): string {
  return `${base.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** An address as it may be shown: without a name, a password, a query or a fragment, which may hold secrets. */
export function shownUrl(address: string): string {
  if (!URL.canParse(address)) return 'an address that cannot be read';
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
