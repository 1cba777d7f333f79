/** Ways in which a tunnel can go; docs/simulator.md explains each. */
export const scenarios = [
  'ok',
  // Creation fails: the process ends with 1 and no address was shown.
  '429',
  '500-html',
  'success-false',
  'no-network',
  // An address was shown, then the process ends with 1.
  'url-then-exit',
  'metrics-busy',
  // An address was shown, a connection never comes.
  'never-ready',
  'http2-refused',
  'quic-blocked',
  // It worked.
  'ready-then-dead',
  'rotating',
  'blip',
  'deleted',
  'slow-dns',
  // Manners of the process; go together with any other.
  'silent',
  'chatty',
  'stubborn',
] as const;
export type Scenario = (typeof scenarios)[number];

const known: ReadonlySet<string> = new Set(scenarios);
const isScenario = (text: string): text is Scenario => known.has(text);

/** `deleted`, or several with a plus between: `deleted+stubborn`. Throws an Error that names what is unknown. */
export function readScenarios(text: string): Set<Scenario> {
  const names = text
    .split('+')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return new Set(
    names.map((name) => {
      if (isScenario(name)) return name;
      throw new Error(`There is no scenario ${name}. There are: ${scenarios.join(', ')}.`);
    }),
  );
}

/** Times of the scenarios in milliseconds, before the speed is applied. */
export const times = {
  /** How long it works before `ready-then-dead`, `blip` and `deleted` strike. */
  goesWell: 5000,
  rotates: 30_000,
  /** How long the edge takes nobody back in `blip`. */
  blip: 12_000,
  /** From the first connection until the name can be found, in `slow-dns`. */
  slowDns: 6000,
  /** How long a connection over quic is waited for. */
  quicDial: 5000,
  /** Cloudflare's patience with an origin that does not begin to answer. */
  firstByte: 100_000,
  precheck: 6000,
} as const;
