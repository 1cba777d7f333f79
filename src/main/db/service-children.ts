import type { ServiceName } from '../../shared/services.ts';
import type { Connection } from './connection.ts';

/** A process that a Flowdeck started for a service, and that nobody has seen the end of yet. */
export interface ServiceChild {
  pid: number;
  /** As of processStartTime; null in the first moments. */
  started: string | null;
  service: ServiceName;
  /** As of processCommand; in the first moments the program as it was started. Without arguments. */
  command: string;
  /** The Flowdeck that started it. */
  ownerPid: number;
  ownerStarted: string | null;
  /** That Flowdeck was closed and left it running on purpose. */
  kept: boolean;
  /** File its output goes to, if it goes to one. */
  output: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

export function createServiceChildrenTable(db: Connection) {
  const columns =
    'pid, started, service, command, owner_pid AS ownerPid, owner_started AS ownerStarted, kept, output, at';
  const add = db.prepare(
    `INSERT INTO service_children (pid, started, service, command, owner_pid, owner_started, kept, output, at)
     VALUES (@pid, @started, @service, @command, @ownerPid, @ownerStarted, @kept, @output, @at)`,
  );
  const setIdentity = db.prepare(
    'UPDATE service_children SET started = ?, command = ? WHERE pid = ? AND at = ?',
  );
  const setKept = db.prepare('UPDATE service_children SET kept = 1 WHERE pid = ? AND at = ?');
  const setOwner = db.prepare(
    'UPDATE service_children SET owner_pid = ?, owner_started = ?, kept = 0 WHERE pid = ? AND at = ?',
  );
  const remove = db.prepare('DELETE FROM service_children WHERE pid = ? AND at = ?');
  const all = db.prepare(`SELECT ${columns} FROM service_children ORDER BY at`);
  type Key = Pick<ServiceChild, 'pid' | 'at'>;
  return {
    add: (child: ServiceChild) => {
      add.run({ ...child, kept: child.kept ? 1 : 0 });
    },
    /** What the system shows of it: its start time and its program. */
    setIdentity: ({ pid, at }: Key, started: string, command: string) => {
      setIdentity.run(started, command, pid, at);
    },
    setKept: ({ pid, at }: Key) => {
      setKept.run(pid, at);
    },
    /** Somebody else takes care of it from now on. */
    setOwner: ({ pid, at }: Key, ownerPid: number, ownerStarted: string | null) => {
      setOwner.run(ownerPid, ownerStarted, pid, at);
    },
    remove: ({ pid, at }: Key) => {
      remove.run(pid, at);
    },
    all: (): ServiceChild[] =>
      (all.all() as (Omit<ServiceChild, 'kept'> & { kept: number })[]).map((row) => ({
        ...row,
        kept: row.kept === 1,
      })),
  };
}
export type ServiceChildrenTable = ReturnType<typeof createServiceChildrenTable>;
