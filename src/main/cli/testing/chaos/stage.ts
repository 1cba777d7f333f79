import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { type ServiceName, ServiceView } from '../../../../shared/services.ts';
import {
  simulatedCloudflared,
  startEdge,
  type TestEdge,
} from '../../../../simulator/cloudflared/test-cloudflared.ts';
import { type Database, openDatabase } from '../../../db/database.ts';
import { dataPaths } from '../../../platform/paths.ts';
import { type Desk, freePort, isAlive, openDesk } from '../../test-support.ts';
import { census, type Marks, type Resident } from './census.ts';
import { type Chronicle, createChronicle } from './chronicle.ts';
import { openTold, type Told } from './told.ts';

export interface StageOptions {
  seed: number;
  /** How many times as fast the supervisor's time passes. */
  speed: number;
  /** Mean milliseconds of a task at G-Labs. */
  latencyMs: number;
  /** The way of the run to G-Labs. */
  server: 'local' | 'tunnel';
  say(line: string): void;
}

/** A machine with everything that chaos needs: folders, settings, an edge, who is told, and eyes. */
export interface Stage {
  options: StageOptions;
  desk: Desk;
  edge: TestEdge;
  told: Told;
  chronicle: Chronicle;
  port: number;
  /** The environment of `up`. */
  env: Record<string, string>;
  db: Database;
  /** A service as its supervisor wrote it down last; null when that one does not live. */
  view(service: ServiceName): Written | null;
  /** Process of ours for this service, by the registry, if it lives. */
  child(service: ServiceName): number | null;
  residents(): Promise<Resident[]>;
  /** Hears that the stage is about to be closed. */
  onClose(listener: () => void): void;
  close(): Promise<void>;
}

const Written = ServiceView.omit({ log: true });
export type Written = z.infer<typeof Written>;

const simulatorMain = fileURLToPath(new URL('../../../../simulator/main.ts', import.meta.url));
/** How many times as fast Cloudflare's side is. */
const EDGE_SPEED = 20;

export async function openStage(options: StageOptions): Promise<Stage> {
  const [desk, edge, port] = await Promise.all([
    openDesk(),
    startEdge({ speed: EDGE_SPEED, seed: options.seed }),
    freePort(),
  ]);
  const told = await openTold(join(desk.folder, 'told'));
  const { seed, latencyMs } = options;
  const latency = ['--latency', String(latencyMs), '--video-latency', String(latencyMs)];
  const settings = {
    'glabs.url': `http://127.0.0.1:${port}`,
    'glabs.command': process.execPath,
    'glabs.args': [simulatorMain, '--port', String(port), '--tiny', '--seed', String(seed), ...latency],
    // A busy machine starts slowly, and the supervisor's time passes faster than the program's.
    'glabs.startupTimeoutS': 25 * options.speed,
    'tunnel.cloudflared': simulatedCloudflared,
    'tunnel.probeOrigin': edge.url,
    'tunnel.consumers': told.setting,
    'runner.server': options.server,
    'runner.pollMs': 250,
    'runner.waitForBackendS': 1200,
  };
  await mkdir(desk.dataDir, { recursive: true });
  await writeFile(join(desk.dataDir, 'settings.json'), JSON.stringify(settings));
  const db = openDatabase(dataPaths(desk.dataDir).database);
  const marks: Marks = {
    folder: desk.folder,
    isGlabs: (args) => args.includes(simulatorMain) && args.includes(String(port)),
    // Not one that is only asked for its version.
    isCloudflared: (args) => args.some((arg) => arg.startsWith(join(desk.dataDir, 'cloudflared'))),
    isFlowdeck: (args) => args.some((arg) => arg.includes('/cli/')),
  };
  const view: Stage['view'] = (service) => {
    const record = db.serviceState.get(service);
    if (record === null || !isAlive(record.ownerPid)) return null;
    return Written.parse(JSON.parse(record.view));
  };
  const listeners: (() => void)[] = [];
  return {
    options,
    desk,
    edge,
    told,
    chronicle: createChronicle(options.say),
    port,
    env: {
      ...edge.env(),
      FLOWDECK_CHAOS_SPEED: String(options.speed),
      FLOWDECK_CHAOS_EPOCH: String(Date.now()),
    },
    db,
    view,
    child: (service) => {
      const ours = db.serviceChildren.all().filter((row) => row.service === service && isAlive(row.pid));
      return ours.at(-1)?.pid ?? null;
    },
    residents: () => census(marks),
    onClose: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      for (const listener of listeners) listener();
      db.close();
      for (const { pid } of await census(marks)) process.kill(pid, 'SIGKILL');
      await desk.close();
      await told.close();
      await edge.stop();
    },
  };
}

/** Looks every 50 ms until it is so; false when it was not within so many milliseconds. */
export async function soon(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const until = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() >= until) return false;
    await pause(50);
  }
  return true;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
