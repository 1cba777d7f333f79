import { nameOf } from '../../history/lineage.ts';
import type { Notice } from '../run-notices.ts';

/** Damage that upkeep met. */
export interface Found {
  workflow: string;
  problem: string;
  repaired: boolean;
}

/** What a person is told of it; null: there is none. Pure. */
export function damageNotice(found: readonly Found[]): Notice | null {
  const lost = found.filter(({ repaired }) => !repaired);
  const [first] = lost.length > 0 ? lost : found;
  if (first === undefined) return null;
  const title = nameOf(first.workflow);
  if (lost.length > 0)
    return {
      title,
      body:
        lost.length === 1
          ? `A backup is damaged. History shows it and what can be done.`
          : `${lost.length} backups are damaged. History shows which, and what can be done.`,
    };
  return {
    title,
    body:
      found.length === 1
        ? 'A backup was damaged and was made whole again.'
        : `${found.length} backups were damaged and were made whole again.`,
  };
}
