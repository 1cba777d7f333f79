import type { JournalRow } from '../db/journal.ts';
import type { JournalEvidence } from './evidence.ts';
import type { FileLook } from './file-look.ts';
import type { GatherDeps, SeenPlan } from './gather-deps.ts';
import type { NodeAges } from './node-ages.ts';
import { placeId, placesOf } from './place-names.ts';

/**
 * The newest request of each place that asked for what is asked for now: the prompt of its row today, since its
 * references last changed. `into` is filled as they come.
 */
export async function gatherJournal(
  path: string,
  demo: boolean,
  { nodes }: SeenPlan,
  ages: NodeAges,
  look: FileLook,
  into: Map<string, JournalEvidence>,
  { db }: Pick<GatherDeps, 'db'>,
  signal: AbortSignal,
): Promise<void> {
  const rows = new Map<string, JournalRow[]>();
  for (const row of db.journal.ofPrompts(path, demo)) {
    const id = placeId(row.nodeId, row.row, row.candidate);
    rows.set(id, [...(rows.get(id) ?? []), row]);
  }
  if (rows.size === 0) return;
  const wanted = nodes.flatMap(({ node }) =>
    placesOf({ node }).flatMap(({ row, candidate }) => {
      const id = placeId(node.nodeId, row, candidate);
      const changedAt = ages.changedAt(node.nodeId, row) ?? Number.NEGATIVE_INFINITY;
      const asked = rows
        .get(id)
        ?.filter((request) => request.prompt === node.prompts[row - 1] && request.intentAt >= changedAt)
        .at(-1);
      return asked === undefined ? [] : [{ id, asked }];
    }),
  );
  await Promise.all(
    wanted.map(async ({ id, asked }) => {
      const file = await intactFile(asked, look, db, signal);
      into.set(id, {
        id: asked.id,
        runId: asked.runId,
        state: asked.state,
        taskId: asked.taskId,
        intact: file !== null,
        file: file ?? asked.file,
        url: asked.url,
        message: asked.message,
        at: asked.changedAt,
      });
    }),
  );
}

/** Where it was put, else the store's own copy; null: neither has its hash. */
async function intactFile(
  { file, sha256 }: JournalRow,
  look: FileLook,
  db: GatherDeps['db'],
  signal: AbortSignal,
): Promise<string | null> {
  if (sha256 === null) return null;
  for (const path of [file, db.objects.bySha(sha256)?.file ?? null]) {
    if (path === null || signal.aborted) continue;
    if ((await look.look(path, 'head'))?.sha256 === sha256) return path;
  }
  return null;
}
