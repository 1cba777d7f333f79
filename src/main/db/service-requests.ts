import type { ServiceName } from '../../shared/services.ts';
import type { Connection } from './connection.ts';

export interface ServiceRequest {
  id: number;
  service: ServiceName;
  action: 'start' | 'stop' | 'restart';
  /** Process that asks. */
  askedBy: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What a Flowdeck that does not supervise asks of the one of the same data folder that does. */
export function createServiceRequestsTable(db: Connection) {
  const ask = db.prepare(
    'INSERT INTO service_requests (service, action, asked_by, at) VALUES (@service, @action, @askedBy, @at)',
  );
  const all = db.prepare(
    'SELECT id, service, action, asked_by AS askedBy, at FROM service_requests ORDER BY id',
  );
  const some = db.prepare('SELECT 1 FROM service_requests LIMIT 1');
  const waiting = db.prepare('SELECT 1 FROM service_requests WHERE service = ? AND asked_by = ? LIMIT 1');
  const clear = db.prepare('DELETE FROM service_requests');
  const take = db.transaction(() => {
    const requests = all.all() as ServiceRequest[];
    if (requests.length > 0) clear.run();
    return requests;
  });
  return {
    ask: (request: Omit<ServiceRequest, 'id'>) => {
      ask.run(request);
    },
    /** Whether something this process asked has not been heard yet. */
    waiting: (service: ServiceName, askedBy: number) => waiting.get(service, askedBy) !== undefined,
    /** All that wait, oldest first; each is given out once. */
    take: (): ServiceRequest[] => (some.get() === undefined ? [] : take.immediate()),
  };
}
