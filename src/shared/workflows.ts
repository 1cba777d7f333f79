import { z } from 'zod';

/** A `.nbflow` file of the project folders, at a glance. */
export const WorkflowSummary = z.object({
  path: z.string(),
  /** File name without `.nbflow`. */
  name: z.string(),
  /** `XYZG3` and `V0-1`; version null when the name does not follow the scheme. */
  code: z.string(),
  version: z.string().nullable(),
  /** Folder shown to a person, relative to the root it was found under. */
  folder: z.string(),
  root: z.string(),
  modifiedAt: z.string(),
  size: z.number(),
  tabs: z.number().int(),
  /** Largest number of scenes in a tab. */
  scenes: z.number().int(),
  generationNodes: z.number().int(),
  cached: z.number().int(),
  stale: z.number().int(),
  missing: z.number().int(),
  errors: z.number().int(),
  warnings: z.number().int(),
  /** Why it cannot be read; the counts are 0 then. */
  unreadable: z.string().nullable(),
  lastRun: z.object({ runId: z.string(), status: z.string(), at: z.string() }).nullable(),
});
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

export const WorkflowsView = z.object({
  roots: z.array(z.string()),
  /** The first look through the folders is not over yet. */
  scanning: z.boolean(),
  workflows: z.array(WorkflowSummary),
});
export type WorkflowsView = z.infer<typeof WorkflowsView>;

export const WorkflowsChange = z.object({
  roots: z.array(z.string()).optional(),
  scanning: z.boolean().optional(),
  upserted: z.array(WorkflowSummary),
  removed: z.array(z.string()),
});
export type WorkflowsChange = z.infer<typeof WorkflowsChange>;

export function applyWorkflowsChange(view: WorkflowsView, change: WorkflowsChange): WorkflowsView {
  const touched = new Set([...change.removed, ...change.upserted.map((w) => w.path)]);
  const workflows = [...view.workflows.filter((w) => !touched.has(w.path)), ...change.upserted].sort(
    (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
  return { roots: change.roots ?? view.roots, scanning: change.scanning ?? view.scanning, workflows };
}
