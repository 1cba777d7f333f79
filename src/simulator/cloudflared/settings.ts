import type { TunnelLine } from './command-line.ts';
import { type ConfigFile, type IngressRule, readConfig } from './config-file.ts';
import { flagsOf } from './flag-table.ts';
import { isLogLevel, type LogFormat, type LogLevel, readGoDuration } from './log.ts';
import { missingUrl } from './messages.ts';
import { atLeast } from './version.ts';

export type Protocol = 'quic' | 'http2' | 'auto';

/** Everything that decides how a tunnel runs, from arguments, environment and configuration file. Milliseconds. */
export interface TunnelSettings {
  /** Of a named tunnel, its id; null for a quick one. */
  named: string | null;
  /** Where requests go, in order; a rule without a hostname takes all. */
  rules: IngressRule[];
  protocol: Protocol;
  metrics: string | null;
  graceMs: number;
  retries: number;
  connections: number;
  prechecks: boolean;
  format: LogFormat;
  level: LogLevel;
  pidfile: string | null;
  /** What the log says about the settings, and about the environment. */
  shown: Map<string, string>;
  environment: Map<string, string>;
  /** Whether a configuration file was read; its path when it was empty. */
  configured: boolean;
  emptyConfig: string | null;
}

/** Why the program ends before it begins: the last line, and its exit code. */
export interface Refused {
  message: string;
  code: number;
}

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** The text of a file, or null when there is none. */
  read(path: string): string | null;
}

const configNames = ['config.yml', 'config.yaml'];

/** The settings of `tunnel` and `tunnel run`: arguments win over the environment, it over the configuration file. */
export function readSettings(line: TunnelLine, around: Surroundings): TunnelSettings | Refused {
  const file = findConfig(line.values, around);
  if ('message' in file) return file;
  const value = lookUp(line, around, file.config);

  const token = line.kind === 'run' ? readToken(value, around) : null;
  if (token !== null && typeof token !== 'string') return token;
  const url = value('url');
  if (line.kind === 'tunnel' && url === null) return { message: missingUrl, code: 1 };
  const graceMs = readGoDuration(value('grace-period') ?? '30s');
  if (graceMs === null || graceMs > 180_000) {
    return { message: 'grace-period must be equal or less than 3m', code: 1 };
  }
  const protocol = value('protocol') ?? (token === null ? 'quic' : 'auto');
  if (protocol !== 'quic' && protocol !== 'http2' && protocol !== 'auto') {
    return { message: `Unknown protocol ${protocol}`, code: 1 };
  }
  const level = value('loglevel') ?? 'info';
  const rules = file.config?.ingress ?? [];
  const fromUrl = url === null ? [] : [{ hostname: null, service: withScheme(url) }];
  return {
    named: token,
    rules: rules.length > 0 ? rules : fromUrl,
    protocol,
    metrics: value('metrics'),
    graceMs,
    retries: Number(value('retries') ?? 5),
    connections: token === null ? 1 : Number(value('ha-connections') ?? 4),
    prechecks: atLeast(around.version, '2026.5.0') && value('no-prechecks') !== 'true',
    format: value('output') === 'json' ? 'json' : 'default',
    level: isLogLevel(level) ? level : 'info',
    pidfile: value('pidfile'),
    shown: shownSettings(line, around, file.config, protocol),
    environment: shownEnvironment(around.env),
    configured: file.config !== null && !file.config.empty,
    emptyConfig: file.config?.empty === true ? file.path : null,
  };
}

type LookUp = (name: string) => string | null;

function lookUp(line: TunnelLine, around: Surroundings, config: ConfigFile | null): LookUp {
  const known = [...flagsOf('tunnel', around.version), ...flagsOf('run', around.version)];
  return (name) => {
    const env = known.find((flag) => flag.name === name)?.env;
    const fromEnv = env === null || env === undefined ? undefined : around.env[env];
    // An empty variable sets nothing, as in the real one.
    return (
      line.values.get(name) ?? (fromEnv === '' ? undefined : fromEnv) ?? config?.values.get(name) ?? null
    );
  };
}

/** `--config` names one, empty names none, and without it the usual places are looked through. */
function findConfig(
  values: ReadonlyMap<string, string>,
  around: Surroundings,
): { path: string; config: ConfigFile | null } | Refused {
  const named = values.get('config');
  const home = around.env.HOME ?? around.env.USERPROFILE ?? '';
  const folders = [`${home}/.cloudflared`, `${home}/.cloudflare-warp`, `${home}/cloudflare-warp`];
  const usual = [...folders, '/etc/cloudflared', '/usr/local/etc/cloudflared'].flatMap((folder) =>
    configNames.map((name) => `${folder}/${name}`),
  );
  const places = named === undefined ? usual : named === '' ? [] : [named];
  for (const path of places) {
    const text = around.read(path);
    if (text === null) continue;
    const config = readConfig(text);
    if (config === null) {
      return { message: `error parsing YAML in config file at ${path}: yaml: it is not a mapping`, code: 1 };
    }
    return { path, config };
  }
  if (named === undefined || named === '') return { path: '', config: null };
  return { message: `open ${named}: no such file or directory`, code: 1 };
}

/** The id in a token of a named tunnel, or how the real one refuses it. */
function readToken(value: LookUp, around: Surroundings): string | Refused {
  const refuse = (message: string): Refused => ({
    message: `${message}\nSee 'cloudflared tunnel run --help'.`,
    code: 255,
  });
  const file = value('token-file');
  const text = value('token') ?? (file === null ? null : around.read(file));
  if (text === null && file !== null) {
    return refuse(`Failed to read token file: open ${file}: no such file or directory`);
  }
  if (text === null) {
    return refuse(
      '"cloudflared tunnel run" requires the ID or name of the tunnel to run as the last command line argument or in the configuration file.',
    );
  }
  return tokenTunnel(text.trim()) ?? refuse('Provided Tunnel token is not valid.');
}

function tokenTunnel(token: string): string | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    const id: unknown = typeof parsed === 'object' && parsed !== null && 't' in parsed ? parsed.t : null;
    return typeof id === 'string' ? id : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function shownSettings(
  line: TunnelLine,
  around: Surroundings,
  config: ConfigFile | null,
  protocol: string,
): Map<string, string> {
  const shown = new Map([...(config?.values ?? []), ...line.values]);
  if (line.kind === 'tunnel') {
    shown.set('ha-connections', '1');
    shown.set('protocol', protocol);
  }
  if (line.values.has('protocol')) shown.set('p', protocol);
  for (const secret of ['token', 'credentials-contents']) if (shown.has(secret)) shown.set(secret, '*****');
  if (around.env.TUNNEL_TOKEN !== undefined && line.kind === 'run') shown.set('token', '*****');
  return shown;
}

function shownEnvironment(env: Surroundings['env']): Map<string, string> {
  const shown = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('TUNNEL_') || value === undefined || value.includes('=')) continue;
    shown.set(name, /TOKEN|SECRET|KEY/.test(name) ? '*****' : value);
  }
  return shown;
}

const withScheme = (url: string): string =>
  /^[a-z_+]+:/i.test(url) && /:\/\//.test(url) ? url : `http://${url}`;
