import { RunStatus } from '../../../shared/domain.ts';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { counted } from '../../components/format.ts';
import { type Marked, runMark } from '../../components/marks.ts';

/** What the screen Workflows says of a file, in words. Pure. */

/** `1 tab × 3 scenes`; a file without anything to generate has neither. */
export function sizeWords({ tabs, scenes }: Pick<WorkflowSummary, 'tabs' | 'scenes'>): string {
  return tabs === 0 ? 'no scenes' : `${counted(tabs, 'tab')} × ${counted(scenes, 'scene')}`;
}

/** How the last run of a workflow is shown; a status this window does not know is shown as it is. */
export function lastRunMark(status: string): Marked {
  const known = RunStatus.safeParse(status);
  return known.success ? runMark(known.data) : { mark: 'skipped', word: status };
}
