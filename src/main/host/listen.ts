import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from '../../shared/failure.ts';
import { errorCode } from '../platform/error-code.ts';

/** Ports tried when none is asked for; G-Labs' 8765 is not among them. */
const PREFERRED = [8750, 8751, 8752, 8753, 8754, 8755, 8756, 8757, 8758, 8759, 0];

/**
 * Listens on the port asked for, else on the first preferred one that is free, and gives the port. Rejects with
 * `usage` when the asked port or the address cannot be had.
 */
export async function listen(server: Server, host: string, port: number | null): Promise<number> {
  if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw fail('usage', 'This is not a port.', {
      where: '--port',
      cure: 'Give a number from 0 to 65535; 0 is any free one.',
    });
  }
  for (const candidate of port === null ? PREFERRED : [port]) {
    try {
      await bind(server, host, candidate);
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const code = errorCode(error);
      if (port === null && (code === 'EADDRINUSE' || code === 'EACCES')) continue;
      throw refused(host, candidate, code, error);
    }
  }
  throw fail('usage', 'No port could be had.', { where: host, cure: 'Name a free one with --port.' });
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function refused(host: string, port: number, code: string, cause: unknown) {
  const where = `${host}:${port}`;
  if (code === 'EADDRINUSE') {
    return fail('usage', `Port ${port} is taken.`, {
      where,
      cure: 'Name another with --port, or leave it out.',
      cause,
    });
  }
  if (code === 'EACCES') {
    return fail('usage', `Port ${port} may not be used.`, {
      where,
      cure: 'Name one above 1023 with --port.',
      cause,
    });
  }
  return fail('usage', 'This machine has no such address.', {
    where,
    cure: 'Give --host an address of this machine, or leave it out.',
    cause,
  });
}
