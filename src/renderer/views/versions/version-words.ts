import type { BumpAdvice, VersionMade } from '../../../shared/history.ts';
import { fileName } from '../../components/format.ts';
import type { VersionStep } from '../../state/version-dialog.ts';

/** What is said of versions that are due, about to be made, or made. Pure. */

/** File name without `.nbflow`. */
export const workflowName = (path: string): string => fileName(path).replace(/\.nbflow$/i, '');

/** Why the next version is due: `2 prompts changed and the cache was wiped since V0-3 ran.` */
export function adviceWords({ reasons, from }: Pick<BumpAdvice, 'reasons' | 'from'>): string {
  return `${capital(listed(reasons))} since ${from} ran.`;
}

/** The note a dialog begins with: why, where something was seen that asks for a version; else nothing. */
export function firstNote({ suggested, reasons }: Pick<BumpAdvice, 'suggested' | 'reasons'>): string {
  return suggested ? capital(listed(reasons)) : '';
}

/** `a`, `a and b`, `a, b and c`. */
function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The version that a step would make; null: there is none. */
export function targetOf(advice: BumpAdvice, step: VersionStep): string | null {
  return step === 'bump' ? advice.to : advice.graduated;
}

/** What will be done, one sentence each, in order. */
export function stepsOf(path: string, from: string, to: string, step: VersionStep): string[] {
  const name = workflowName(path);
  const next = `${name.slice(0, name.length - from.length)}${to}.nbflow`;
  const place =
    step === 'graduate' && /[\\/]testing[\\/][^\\/]+$/.test(path) ? 'in approved/' : 'in the same folder';
  return [
    `${fileName(path)} moves to backups/ under its own name.`,
    `${next} is written ${place}: the same but for the name inside, cached output and picks included.`,
    `Where the team keeps a version registry and a tracker, they get ${to} with this note.`,
  ];
}

/** `XYZG3-V0-4 made.` */
export const madeWords = ({ path }: Pick<VersionMade, 'path'>): string => `${workflowName(path)} made.`;

/** The bar for approval (the team's own; nothing of it is checked here). */
export const approvalBar: readonly string[] = [
  '3 of 4 candidates are usable in every scene.',
  'Nothing gives away that it was generated.',
  'Compliance is clean.',
  'Somebody has approved it, and said so.',
];
