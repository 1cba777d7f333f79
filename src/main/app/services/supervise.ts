import type { ServiceName } from '../../../shared/services.ts';
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Service } from '../../services/service.ts';
import { createRepeater } from '../repeater.ts';
import type { Role } from './role.ts';

/** How often requests of other processes are looked for: there is no event between processes. */
const HEAR_MS = 500;

interface SuperviseParts {
  glabs: Service;
  tunnel: Service;
  tellConsumer(id: string): void;
  resumed(): void;
  /** After both services are closed. */
  closeRest(): Promise<void>;
  onQuit(): 'stop' | 'keep';
  db: Pick<Database, 'serviceRequests'>;
  clock: Clock;
  log: Log;
}

/** This process supervises: it starts again what is to be up, and carries out what other processes ask. */
export function supervise(parts: SuperviseParts, again: readonly ServiceName[]): Role {
  const { clock, log, db } = parts;
  const services = { glabs: parts.glabs, tunnel: parts.tunnel };

  // What was asked of a supervisor that is gone was not asked of this one.
  db.serviceRequests.take();
  const requests = createRepeater(
    clock,
    HEAR_MS,
    () => {
      for (const { service, action, askedBy } of db.serviceRequests.take()) {
        log.info(`Process ${askedBy} asks: ${action} ${service}.`);
        // Whoever asked reads the outcome from the state; here it is only noted.
        services[service]
          [action]()
          .catch((error: unknown) => log.warn(`${action} of ${service} failed`, { err: error }));
      }
    },
    (error) => log.error('Requests of other processes could not be read', { err: error }),
  );
  requests.start();

  // Each by itself and at once: that one cannot be brought up must not be the end of the other.
  for (const name of again) {
    services[name]
      .start()
      .catch((error: unknown) => log.warn(`${name} could not be brought up again`, { err: error }));
  }

  return {
    ...services,
    supervisor: null,
    tellConsumer: parts.tellConsumer,
    resumed: parts.resumed,
    refresh: () => undefined,
    async close({ keep } = { keep: parts.onQuit() === 'keep' }) {
      requests.stop();
      // The tunnel leads to G-Labs: it goes first.
      try {
        await services.tunnel.close({ keep });
      } finally {
        await services.glabs.close({ keep });
        await parts.closeRest();
      }
    },
  };
}
