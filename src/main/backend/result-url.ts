/**
 * Where a result really lies. G-Labs puts its own origin into every result (`http://127.0.0.1:8765/api/files/…`),
 * which means nothing through a tunnel or from another machine: scheme, host and port give way to the base in use
 * (glabs-api.md A8). A public address of a third party is left alone.
 *
 * @param url absolute, or relative to the base, or a bare file name
 * @param base address of the backend in use, without a trailing slash
 * @returns null for what cannot be fetched over HTTP
 */
export function resultUrl(url: string, base: string): string | null {
  const named = /^[a-z][a-z0-9+.-]*:/i.test(url);
  if (!named) {
    if (url.startsWith('//')) return null;
    const path = url.startsWith('/') ? url : `/api/files/${url}`;
    return url !== '' && URL.canParse(base + path) ? withoutHash(new URL(base + path)) : null;
  }
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return null;
  if (!parsed.pathname.startsWith('/api/files/') && !isPrivateHost(parsed.hostname))
    return withoutHash(parsed);
  const prefix = new URL(base).pathname.replace(/\/$/, '');
  const inside = prefix !== '' && parsed.pathname.startsWith(`${prefix}/`);
  return `${inside ? new URL(base).origin : base}${parsed.pathname}${parsed.search}`;
}

function withoutHash(url: URL): string {
  return `${url.origin}${url.pathname}${url.search}`;
}

/** Hosts that mean something only near the machine that named them. */
function isPrivateHost(host: string): boolean {
  return (
    !host.includes('.') || // localhost, machine names, IPv6 in brackets
    host.endsWith('.local') ||
    host.endsWith('.localhost') ||
    host === '0.0.0.0' ||
    /^(127|10)\./.test(host) ||
    /^192\.168\./.test(host) ||
    /^169\.254\./.test(host) ||
    /^172\.(1[6-9]|2\d|3[01])\./.test(host) ||
    /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(host)
  );
}
