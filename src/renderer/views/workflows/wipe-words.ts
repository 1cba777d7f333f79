import type { WipeResult } from '../../../shared/contract.ts';
import type { Plan } from '../../../shared/domain.ts';
import { counted, fileName } from '../../components/format.ts';

/** What a wipe clears, from the plan of a clean run, and how that is said. Pure. */

export interface WipeScene {
  scene: number;
  /** Nodes that have output, in all tabs. */
  images: number;
  videos: number;
  /** Making it again, in US dollars. */
  costUSD: number;
}

/** The scenes that have output, with what is in each; `plan` is that of a run in clean mode. */
export function wipeScenes(plan: Plan): WipeScene[] {
  const full = plan.nodes.filter((node) => node.reason === 'forced');
  return [...Map.groupBy(full, (node) => node.scene)]
    .map(([scene, nodes]) => ({
      scene,
      images: nodes.filter((node) => node.kind === 'image').length,
      videos: nodes.filter((node) => node.kind === 'video').length,
      costUSD: nodes.reduce((sum, node) => sum + node.costUSD, 0),
    }))
    .toSorted((a, b) => a.scene - b.scene);
}

/** `3 image nodes and 2 video nodes`; null: nothing. */
export function nodesWords({ images, videos }: Pick<WipeScene, 'images' | 'videos'>): string | null {
  const parts = [
    ...(images > 0 ? [counted(images, 'image node')] : []),
    ...(videos > 0 ? [counted(videos, 'video node')] : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}

/** The sum of some scenes. */
export function sumOf(scenes: readonly WipeScene[]): Omit<WipeScene, 'scene'> {
  const add = (of: (scene: WipeScene) => number) => scenes.reduce((sum, scene) => sum + of(scene), 0);
  return { images: add((of) => of.images), videos: add((of) => of.videos), costUSD: add((of) => of.costUSD) };
}

/** What was really wiped. */
export function wipedWords(result: WipeResult): string {
  const nodes = nodesWords(result);
  if (result.backup === null || nodes === null) return 'There was nothing to wipe: the file is as it was.';
  const { path, problem } = result.backup;
  const backup = path === null ? problem : `Backup: ${fileName(path)}`;
  return `Wiped ${nodes} in ${counted(result.tabs, 'tab')}. ${backup}`;
}

/** Name of the backup a wipe on this day takes, from behaviour.md §9; `-2` and so on follow when it is taken. */
export function wipeBackupName(path: string, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${fileName(path)}.bak-${day}-pre-cache-wipe`;
}
