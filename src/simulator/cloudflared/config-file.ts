/** A rule of `ingress:`; without a hostname it takes every request. */
export interface IngressRule {
  hostname: string | null;
  /** An address such as `http://127.0.0.1:8765`, or `http_status:404`. */
  service: string;
}

export interface ConfigFile {
  /** Top-level scalars; their names are those of flags. */
  values: Map<string, string>;
  ingress: IngressRule[];
  empty: boolean;
}

/**
 * The part of YAML that configuration files of cloudflared are made of: scalars at the top, one list `ingress` of
 * flat entries, comments, `{}`. Null: it is none.
 */
export function readConfig(text: string): ConfigFile | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
    .filter((line) => line !== '' && line !== '---');
  const config: ConfigFile = { values: new Map(), ingress: [], empty: lines.length === 0 };
  if (lines.join('').trim() === '{}') return config;
  let inIngress = false;
  for (const line of lines) {
    const top = /^([A-Za-z][\w-]*):(?:\s+(.*))?$/.exec(line);
    if (top !== null) {
      const [, name = '', value = ''] = top;
      inIngress = name === 'ingress';
      if (!inIngress && value !== '') config.values.set(name, unquoted(value));
      continue;
    }
    const entry = /^\s*(-\s+)?([A-Za-z][\w-]*):(?:\s+(.*))?$/.exec(line);
    if (entry === null) return null;
    if (inIngress)
      addToRules(config.ingress, entry[1] !== undefined, entry[2] ?? '', unquoted(entry[3] ?? ''));
  }
  return config;
}

function addToRules(rules: IngressRule[], begins: boolean, name: string, value: string): void {
  if (begins) rules.push({ hostname: null, service: '' });
  const rule = rules.at(-1);
  if (rule === undefined) return;
  if (name === 'hostname') rule.hostname = value;
  if (name === 'service') rule.service = value;
}

function unquoted(value: string): string {
  const text = value.trim();
  return /^(".*"|'.*')$/.test(text) ? text.slice(1, -1) : text;
}

/** The service of the first rule that takes this host, and its number; null when none does. */
export function serviceFor(
  rules: readonly IngressRule[],
  host: string,
): { service: string; rule: number } | null {
  const at = rules.findIndex((rule) => rule.hostname === null || hostMatches(rule.hostname, host));
  const found = rules[at];
  return found === undefined ? null : { service: found.service, rule: at };
}

const hostMatches = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
