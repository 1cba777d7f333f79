import { APP_ORIGIN } from '../../shared/wire.ts';

/** Whether an address is one of our own pages. Custom schemes have the origin `null` in Node, so it is put together. */
export function isOurPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}` === APP_ORIGIN;
}
