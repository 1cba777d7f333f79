import type {
  AfterCareDone,
  RecoveryAction,
  RecoveryNodeState,
  RecoveryPlan,
  RecoveryStep,
  RecoveryVerdict,
} from '../../../shared/recovery.ts';
import { counted, fileName, money } from '../../components/format.ts';
import type { Marked } from '../../components/marks.ts';

/** What the wizard says, in words. Pure. */

export type ShownStep = Exclude<RecoveryStep, 'over'>;

export const stepTitles: Record<ShownStep, string> = {
  happened: 'What happened',
  have: 'What we have',
  plan: 'Plan',
  'carry-out': 'Carry out',
  'after-care': 'After-care',
};

const verdicts: Record<RecoveryVerdict, { mark: Marked; means: string }> = {
  complete: {
    mark: { mark: 'done', word: 'complete' },
    means: 'All that was wanted is there, and so is the generated workflow. Nothing is to be done.',
  },
  'export only': {
    mark: { mark: 'cached', word: 'export only' },
    means:
      'Every picture and clip is there. Only the generated workflow has to be written, which costs nothing.',
  },
  resume: {
    mark: { mark: 'waiting', word: 'resume' },
    means: 'What is there and fits is kept. Only what is missing is made.',
  },
  'cache corrupt': {
    mark: { mark: 'failed', word: 'cache corrupt' },
    means: 'The workflow names outputs that are gone, or that are not its own. The others are kept.',
  },
  'source damaged': {
    mark: { mark: 'failed', word: 'source damaged' },
    means:
      'The workflow file itself cannot be used. The way back is a backup of it: what was made since then is taken from the journal, the files and the store where it is there.',
  },
  'backend down': {
    mark: { mark: 'needs-you', word: 'G-Labs is down' },
    means: 'What is there is kept. To make the rest, G-Labs has to be up.',
  },
  'tunnel down': {
    mark: { mark: 'needs-you', word: 'the tunnel is down' },
    means: 'What is there is kept. To make the rest, the run needs the tunnel it goes through.',
  },
  'suspicious output': {
    mark: { mark: 'needs-you', word: 'suspicious output' },
    means: 'Some outputs do not look like those of their nodes. Look at them before you go on.',
  },
  'give up': {
    mark: { mark: 'failed', word: 'give up' },
    means:
      'A recovery is likely to take more time and money than a new start from the brief. Nothing is deleted by giving up: backups, files and records stay, and you can still choose one of the plans.',
  },
};

/** How a verdict is marked, and what it means for the person who reads it. */
export const verdictLook = (verdict: RecoveryVerdict) => verdicts[verdict];

/** Where the outputs of a node stand. Each word stands in the legend, too. */
export const nodeStates: Record<RecoveryNodeState, Marked> = {
  done: { mark: 'done', word: 'there' },
  salvage: { mark: 'cached', word: 'to be taken' },
  reattach: { mark: 'working', word: 'with G-Labs' },
  partial: { mark: 'waiting', word: 'to complete' },
  missing: { mark: 'waiting', word: 'to generate' },
  stale: { mark: 'waiting', word: 'no longer fits' },
  gone: { mark: 'failed', word: 'gone' },
  suspicious: { mark: 'needs-you', word: 'suspicious' },
  parked: { mark: 'needs-you', word: 'fate unknown' },
  blocked: { mark: 'skipped', word: 'blocked' },
  left: { mark: 'skipped', word: 'not wanted' },
};

/** `11 images and 44 clips`; null: nothing. */
export function madeWords({ images, videos }: Pick<RecoveryPlan, 'images' | 'videos'>): string | null {
  const parts = [
    ...(images > 0 ? [counted(images, 'image')] : []),
    ...(videos > 0 ? [counted(videos, 'clip')] : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}

const verbs: Record<RecoveryAction, string> = {
  none: 'Take it off the list',
  export: 'Write the export',
  resume: 'Resume',
  restore: 'Restore and run',
  wipe: 'Wipe and run',
  rebuild: 'Rebuild',
};

/** What the button of a plan says: what it does and what that costs. `Resume: 11 images, 44 clips, about $9.80` */
export function planButton(plan: RecoveryPlan): string {
  const { action, images, videos, generations, costUSD } = plan;
  if (action === 'none' || (action === 'export' && generations === 0)) return verbs[action];
  const made = madeWords({ images, videos });
  if (made === null) return `${verbs[action]}: nothing to pay`;
  return `${verbs[action]}: ${made.replace(' and ', ', ')}, about ${money(costUSD)}`;
}

/** What a plan leaves unpaid, as against making everything anew. */
export function savedWords({ saved, savedUSD }: Pick<RecoveryPlan, 'saved' | 'savedUSD'>): string {
  if (saved === 0) return 'saves nothing';
  return `saves ${counted(saved, 'candidate')}, about ${money(savedUSD)}`;
}

/** What was done at after-care, a line each. */
export function afterCareLines(done: AfterCareDone): string[] {
  return [
    ...(done.path === null ? [] : [`The next version is ${fileName(done.path)}.`]),
    ...(done.movedTo === null ? [] : [`The old file is ${done.movedTo}.`]),
    ...(done.registry === null ? [] : [`The note stands in ${done.registry}.`]),
    ...(done.tracker.length === 0 ? [] : [`The tracker is up to date: ${inFolder(done.tracker)}.`]),
  ];
}

/** `a.csv, b.csv in /projects/tracker`: files that lie in one folder. */
function inFolder(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined) return '';
  const folder = first.slice(0, first.length - fileName(first).length - 1);
  return `${paths.map(fileName).join(', ')} in ${folder}`;
}
