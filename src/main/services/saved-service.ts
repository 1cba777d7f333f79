import { z } from 'zod';
import type { ServiceView } from '../../shared/services.ts';

/** G-Labs as other processes on the same data folder see it; a row of the database's service table. */
export interface SavedService {
  service: 'glabs';
  /** A ServiceView without its log, as JSON, and what the next session should remember. */
  view: string;
  ownerPid: number;
  ownerStarted: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface ServiceStateStore {
  write(record: SavedService): void;
  read(): { view: string } | null;
}

const Remembered = z.object({ realSeenAt: z.string().nullable() });

export function savedView(view: ServiceView, realSeenAt: string | null): string {
  const { log: _log, ...rest } = view;
  return JSON.stringify({ ...rest, realSeenAt });
}

/** Address at which an earlier session saw a real G-Labs: the demo must not take its place today (behaviour.md §10). */
export function realSeenBefore(store: ServiceStateStore): string | null {
  const saved = store.read();
  if (!saved) return null;
  try {
    return Remembered.safeParse(JSON.parse(saved.view)).data?.realSeenAt ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What of a view is worth a write: a probe that went as the one before is not. */
export function worthSaving(view: ServiceView): string {
  const { log: _log, lastProbe: _lastProbe, ...rest } = view;
  return JSON.stringify(rest);
}
