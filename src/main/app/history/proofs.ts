import { fail } from '../../../shared/failure.ts';
import type { VerifyEntry } from '../../../shared/history.ts';
import { isOf, lineageOf } from '../../history/lineage.ts';
import type { Proof } from '../../history/verify.ts';
import { proveAll, sketchAll } from '../../history/verify-all.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { withFileLock } from '../../platform/lock.ts';
import { realPlaceOf } from '../../platform/real-place.ts';
import type { Proofs, Verified } from './history-api.ts';
import { doUpkeep, type UpkeepParts } from './upkeep.ts';

/** Proofs and upkeep on this machine's disk, with its locks. */
export function openProofs(parts: Omit<UpkeepParts, 'disk' | 'alone'>): Proofs {
  const { db, clock } = parts;
  const deps = { db, clock, disk: nodeDisk };
  const alone: UpkeepParts['alone'] = (file, what, work) => withFileLock(file, what, work, { clock });
  return {
    async verify(path, tell, signal) {
      const lineage = path === null ? null : lineageOf(await realPlaceOf(path, nodeDisk));
      const all = await sketchAll(lineage?.group ?? null, db);
      const backups = lineage === null ? all : all.filter(({ workflow }) => isOf(workflow, lineage));
      const sums = noneYet();
      let stopped = false;
      await proveAll(
        backups,
        deps,
        (proof, { size }) => {
          add(sums, proof, size ?? 0);
          tell(entryOf(proof), { total: backups.length });
        },
        {
          enough: () => {
            stopped ||= signal?.aborted === true;
            return stopped;
          },
        },
      );
      if (!stopped) return sums;
      throw fail('interrupted', `Stopped after ${sums.checked} of ${backups.length} backups.`, {
        cure: 'What was proven until then is written down. Verify again for the rest.',
      });
    },
    upkeep: (signal) => doUpkeep({ ...parts, disk: nodeDisk, alone }, signal),
  };
}

const noneYet = (): Verified => ({
  checked: 0,
  damaged: 0,
  repaired: 0,
  bytes: 0,
  unchecked: 0,
  inDatabaseOnly: 0,
});

function add(sums: Verified, { outcome, onDisk }: Proof, size: number): void {
  sums.checked += 1;
  sums.bytes += size;
  if (outcome === 'repaired' || outcome === 'damaged') sums.damaged += 1;
  if (outcome === 'repaired') sums.repaired += 1;
  if (outcome === 'unchecked') sums.unchecked += 1;
  else if (!onDisk) sums.inDatabaseOnly += 1;
}

const entryOf = ({ id, outcome, problem }: Proof): VerifyEntry => ({
  id,
  ok: outcome === 'sound',
  problem,
  repaired: outcome === 'repaired',
});
