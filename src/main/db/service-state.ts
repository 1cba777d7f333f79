import type { ServiceName } from '../../shared/services.ts';
import type { Connection } from './connection.ts';

/** A service as the process that supervises it last saw it, for other processes on the same data folder. */
export interface ServiceRecord {
  service: ServiceName;
  /** A ServiceView without its log, as JSON. */
  view: string;
  ownerPid: number;
  ownerStarted: string | null;
  at: number;
}

export function createServiceStateTable(db: Connection) {
  const put = db.prepare(
    `INSERT INTO service_state (service, view, owner_pid, owner_started, at) VALUES (@service, @view, @ownerPid, @ownerStarted, @at)
     ON CONFLICT (service) DO UPDATE SET view = excluded.view, owner_pid = excluded.owner_pid,
       owner_started = excluded.owner_started, at = excluded.at`,
  );
  const get = db.prepare(
    'SELECT service, view, owner_pid AS ownerPid, owner_started AS ownerStarted, at FROM service_state WHERE service = ?',
  );
  const remove = db.prepare('DELETE FROM service_state WHERE service = ? AND owner_pid = ?');
  return {
    put: (record: ServiceRecord) => put.run(record),
    get: (service: ServiceName) => (get.get(service) as ServiceRecord | undefined) ?? null,
    remove: (service: ServiceName, ownerPid: number) => remove.run(service, ownerPid),
  };
}
export type ServiceStateTable = ReturnType<typeof createServiceStateTable>;
