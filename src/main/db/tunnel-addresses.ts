import type { Connection } from './connection.ts';

/** A public address that was seen to work. Times are milliseconds since the epoch. */
export interface AddressRecord {
  url: string;
  revision: number;
  verifiedAt: number;
}

/** Kept for people who ask what the address was last night; older ones say nothing to anybody. */
const KEPT = 200;

/** Addresses of the tunnel, who confirmed which, and when tunnels were created (behaviour.md §10). */
export function createTunnelAddresses(db: Connection) {
  const add = db.prepare('INSERT INTO tunnel_address (url, verified_at) VALUES (?, ?)');
  const thin = db.prepare('DELETE FROM tunnel_address WHERE revision <= ?');
  const newest = db.prepare(
    'SELECT url, revision, verified_at AS verifiedAt FROM tunnel_address ORDER BY revision DESC LIMIT 1',
  );
  const seenAgain = db.prepare('UPDATE tunnel_address SET verified_at = ? WHERE revision = ?');
  const confirm = db.prepare(
    `INSERT INTO address_consumers (consumer, revision, confirmed_at) VALUES (@consumer, @revision, @at)
     ON CONFLICT (consumer) DO UPDATE SET revision = excluded.revision, confirmed_at = excluded.confirmed_at`,
  );
  const confirmed = db.prepare(
    'SELECT consumer, revision, confirmed_at AS confirmedAt FROM address_consumers',
  );
  const addCreation = db.prepare('INSERT INTO tunnel_creations (at) VALUES (?)');
  const creationsSince = db.prepare('SELECT at FROM tunnel_creations WHERE at > ? ORDER BY at').pluck();
  const forgetCreations = db.prepare('DELETE FROM tunnel_creations WHERE at <= ?');
  const read = () => (newest.get() as AddressRecord | undefined) ?? null;
  /** The same address again is no new revision: nobody has to be told. */
  const verified = db.transaction((url: string, at: number): AddressRecord => {
    const before = read();
    if (before?.url === url) {
      seenAgain.run(at, before.revision);
      return { ...before, verifiedAt: at };
    }
    const revision = Number(add.run(url, at).lastInsertRowid);
    thin.run(revision - KEPT);
    return { url, revision, verifiedAt: at };
  });
  return {
    current: read,
    /** Notes an address that was seen to work. */
    verified: (url: string, at: number): AddressRecord => verified.immediate(url, at),
    confirm: (consumer: string, revision: number, at: number) => {
      confirm.run({ consumer, revision, at });
    },
    confirmations: () => confirmed.all() as { consumer: string; revision: number; confirmedAt: number }[],
    /** A tunnel was asked for; creations before `forgetBefore` are forgotten. */
    noteCreation: (at: number, forgetBefore: number) => {
      forgetCreations.run(forgetBefore);
      addCreation.run(at);
    },
    creationsSince: (since: number) => creationsSince.all(since) as number[],
  };
}
export type TunnelAddresses = ReturnType<typeof createTunnelAddresses>;
