import { readScenarios, type Scenario } from './scenarios.ts';

/** What surrounds a simulated process, from the environment variables of docs/simulator.md. */
export interface Play {
  scenario: string;
  /** How many times faster than life its times pass. */
  speed: number;
  /** Port of the edge; null: the process makes one of its own. */
  edgePort: number | null;
  /** Where the port of an edge of its own is written. */
  edgeFile: string | null;
  version: string;
  /** Of a named tunnel: its host and its service, as its owner set them at Cloudflare. */
  hostname: string;
  service: string | null;
  seed: number;
}

/** Throws an Error with a sentence when a variable makes no sense. */
export function readPlay(env: Readonly<Record<string, string | undefined>>, usualVersion: string): Play {
  const scenario = env.FLOWDECK_SIM_TUNNEL ?? 'ok';
  readScenarios(scenario);
  const edge = env.FLOWDECK_SIM_EDGE;
  return {
    scenario,
    speed: positive('FLOWDECK_SIM_SPEED', env.FLOWDECK_SIM_SPEED ?? '1'),
    edgePort: edge === undefined ? null : positive('FLOWDECK_SIM_EDGE', edge.replace(/^.*:/, '')),
    edgeFile: env.FLOWDECK_SIM_EDGE_FILE ?? null,
    version: env.FLOWDECK_SIM_CLOUDFLARED ?? usualVersion,
    hostname: env.FLOWDECK_SIM_HOSTNAME ?? 'tunnel.example.com',
    service: env.FLOWDECK_SIM_SERVICE ?? null,
    seed: Number(env.FLOWDECK_SIM_SEED ?? Math.floor(Math.random() * 2 ** 32)),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} is ${text}; it must be a number above 0.`);
}

/** What a running process plays; the edge can change it in the middle. */
export interface Playing {
  has(scenario: Scenario): boolean;
  set(text: string): void;
}

export function playing(text: string): Playing {
  let now = readScenarios(text);
  return {
    has: (scenario) => now.has(scenario),
    set: (next) => {
      now = readScenarios(next);
    },
  };
}
