import { mkdirSync, openSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceName } from '../../shared/services.ts';

/** The newest is in use; the others explain the nights before. */
const keptFiles = 5;

/** Name of a new output file of a service below `folder`; `now` in milliseconds since the epoch. */
export function outputFileName(folder: string, service: ServiceName, now: number): string {
  return path.join(folder, `${service}-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}.log`);
}

/** Opens it for appending, for its owner only: it holds what the program prints, as it prints it. Throws as the system does. */
export function openOutputFile(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, 'a', 0o600);
}

/** Removes all but the newest output files of a service. */
export async function removeOldOutput(folder: string, service: ServiceName): Promise<void> {
  const ours = new RegExp(`^${service}-\\d{4}-\\d\\d-\\d\\dT[\\d-]+Z\\.log$`);
  const files = (await readdir(folder)).filter((name) => ours.test(name)).sort();
  for (const name of files.slice(0, -keptFiles)) await rm(path.join(folder, name), { force: true });
}
