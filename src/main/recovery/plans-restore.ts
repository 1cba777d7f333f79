import { emptyTally, type Forecast, roundUSD, wayOf } from './diagnose-places.ts';
import type { Reading } from './diagnose-reading.ts';
import type { BackupEvidence, Evidence } from './evidence.ts';

/** What a plan calls a backup: its id, or its path where the database does not know it. */
export const backupName = ({ id, path }: BackupEvidence): string | null => id ?? path;

/**
 * The backup that is worth putting back. For a source that cannot be read, the one whose nodes are judged. Else the one
 * from before the interrupted run; without that, the newest from before it, or one made for a run, or one without
 * output. Null: there is none that can be trusted.
 */
export function restorable({ backups, nodesFrom, run, source }: Evidence): BackupEvidence | null {
  const sound = backups.filter((backup) => backup.sound && backupName(backup) !== null);
  if (source.state !== 'sound') {
    if (nodesFrom === 'source') return null;
    return sound.find(({ id, path }) => [id, path].includes(nodesFrom.backup)) ?? newest(sound);
  }
  return (
    (run?.backup != null && sound.find(({ id, path }) => [id, path].includes(run.backup))) ||
    newest(sound.filter(({ at }) => run !== null && at < run.startedAt)) ||
    newest(sound.filter(({ reason }) => reason.includes('pre-run'))) ||
    newest(sound.filter(({ cached }) => cached === 0))
  );
}

const newest = (backups: readonly BackupEvidence[]): BackupEvidence | null =>
  backups.reduce<BackupEvidence | null>(
    (best, backup) => (best === null || backup.at > best.at ? backup : best),
    null,
  );

/**
 * What a run of a backup makes. For a readable source only counts are known of it, so of what could be salvaged as much
 * as possible is taken to lie where the backup has output anyway: the plan may turn out cheaper, never dearer.
 */
export function forecastOfBackup(reading: Reading, backup: BackupEvidence): Forecast {
  const { evidence, resume, stale } = reading;
  // Its nodes are the ones that were judged.
  if (evidence.source.state !== 'sound') return resume;
  const images = ofKind('image', backup.images);
  const videos = ofKind('video', backup.videos);
  const total = { ...emptyTally(), kept: backup.cached, made: images.made + videos.made };
  for (const way of TAKEN) total[way] = images.taken[way] + videos.taken[way];
  return {
    // Which node has what in it is not known: shown is what there is now.
    nodes: resume.nodes,
    total,
    images: images.made,
    videos: videos.made,
    costUSD: roundUSD(images.made * images.priceUSD + videos.made * videos.priceUSD),
  };

  function ofKind(kind: 'image' | 'video', needed: number) {
    const taken = emptyTally();
    let wanted = 0;
    let worth = 0;
    evidence.nodes.forEach((node, at) => {
      if (node.kind !== kind) return;
      const how = { wiped: false, stale: stale[at] ?? false, replaced: true };
      wanted += node.places.length;
      worth += node.places.length * node.priceUSD;
      for (const place of node.places) taken[wayOf(node, place, how)]++;
    });
    let room = needed;
    let elsewhere = Math.max(0, wanted - needed);
    for (const way of TAKEN) {
      const there = Math.min(taken[way], elsewhere);
      elsewhere -= there;
      taken[way] = Math.min(taken[way] - there, room);
      room -= taken[way];
    }
    return { made: room, taken, priceUSD: wanted === 0 ? 0 : worth / wanted };
  }
}

/** What is most easily had again is the first to be taken to lie in the backup too. */
const TAKEN = ['file', 'store', 'journal', 'asked'] as const;
