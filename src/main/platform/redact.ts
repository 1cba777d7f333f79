const mask = '[secret]';

/** Names of headers, parameters and JSON fields whose values are secret whatever they are. */
const names =
  'x-api-key|x-goog-api-key|api[-_]?key|(?:proxy-)?authorization|secret[-_]?access[-_]?key|(?:access[-_]?)?token|secret|password|x-amz-(?:signature|credential|security-token)|(?:set-)?cookie';
const value = String.raw`(\\*["'])?(?:(?:bearer|basic)\s+)?[^\s"'\\,;&<>{}()[\]]+`;

/** `"X-API-Key": "abc"`, `X-API-Key: abc`, `apiKey=abc`; also inside a JSON text, where quotes are escaped. */
const named = new RegExp(String.raw`((?<![a-z0-9])(?:${names})\\*["']?\s*[:=]\s*)${value}`, 'gi');
/** Plain words that are names of other things too, so only as parameters: `?key=abc`. */
const parameter = new RegExp(`((?<![a-z0-9])(?:key|sig|signature)=)${value}`, 'gi');
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi;
const userInUrl = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi;
/** Whatever follows the host of a quick tunnel may open it to everybody (behaviour.md §10). */
const tunnelQuery = /(https?:\/\/[a-z0-9-]+\.trycloudflare\.com[^\s"'\\?#]*)[?#][^\s"'\\]+/gi;
const sealedToken = /\beyJ[\w-]{10,}(?:\.[\w-]+)*/g;

/**
 * The text without secrets: the exact ones given (also as they stand in a URL or in JSON), and whatever looks like
 * one by its place: key headers, `?key=`, bearer tokens, passwords and keys in addresses, JSON web tokens.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  // Longest first: a secret that begins like another one must not leave its end behind.
  for (const secret of spellings(secrets).sort((a, b) => b.length - a.length))
    clean = clean.replaceAll(secret, mask);
  return clean
    .replace(tunnelQuery, `$1?${mask}`)
    .replace(userInUrl, `$1${mask}@`)
    .replace(named, masked)
    .replace(parameter, masked)
    .replace(bearer, `$1 ${mask}`)
    .replace(sealedToken, mask);
}

function masked(_all: string, name: string, quote: string | undefined): string {
  return `${name}${quote ?? ''}${mask}`;
}

/** Very short ones would only make the text unreadable, and are no secrets. */
function spellings(secrets: readonly string[]): string[] {
  const all = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ]);
  return [...new Set(all)];
}
