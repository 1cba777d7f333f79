import type { Settings } from '../../shared/settings.ts';
import { unpricedModels } from './costs.ts';
import type { Workshop } from './make-node.ts';
import { ReferenceProblem } from './references.ts';
import type { RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';

/**
 * A process that died between writing the file and noting it left rows that look unwritten: what the file has is
 * written. Else a later wipe would be undone by taking them up again.
 */
export async function closeWritten(run: RunState, { db }: RunnerDeps): Promise<void> {
  const inFile = new Map(run.nodes.map((node) => [node.nodeId, new Set(node.node.saved)]));
  const closed = db.journal.unwritten(run.opened.path).filter((row) => inFile.get(row.nodeId)?.has(row.url));
  if (closed.length === 0) return;
  await db.commits.write(() => {
    // It was written when that process died: this run has done nothing here.
    for (const row of closed) db.journal.step(row.id, { state: 'written' }, row.changedAt);
  });
}

/** Where every node stands at the start, told and counted. */
export function announce(run: RunState, table: Settings['costs.table']): void {
  const { counts, standing } = run;
  counts.nodes = run.nodes.length;
  for (const node of run.nodes) {
    if (node.todo.length === 0 && node.reason === 'cached') {
      counts.cached++;
      standing.set(node.nodeId, 'done');
      run.tell(node, 'cached', node.trusted ? { reason: 'made by another tool, trusted' } : {});
    } else if (run.options.reroll !== null && node.todo.length === 0 && node.reason === 'missing') {
      counts.skipped++;
      standing.set(node.nodeId, 'skipped');
      run.tell(node, 'skipped', { reason: 'not asked for' });
    } else if (node.todo.length === 0 && (node.candidates > 0 || node.reason !== 'missing')) {
      counts.skipped++;
      standing.set(node.nodeId, 'skipped');
      run.tell(node, 'skipped', { reason: node.reason });
    } else {
      standing.set(node.nodeId, 'waiting');
      run.tell(node, 'waiting', { reason: node.reason });
    }
  }
  const silenced = run.nodes.some(
    (node) => node.kind === 'video' && node.todo.length > 0 && node.node.negativePrompt.trim() !== '',
  );
  if (silenced) run.notice('G-Labs takes no negative prompt for videos: it is left out.');
  const unpriced = unpricedModels(run.nodes, table);
  if (unpriced.length > 0)
    run.notice(
      `The price table does not know ${unpriced.join(', ')}: counted as the dearest of its kind. Add it to costs.table.`,
    );
}

/**
 * A re-roll that was interrupted: the node has its earlier output, so this run makes nothing there, and what was
 * ordered since would lie unused. A re-roll takes it up.
 */
export function tellOpenRerolls(run: RunState, { db }: RunnerDeps): void {
  const places = new Map(
    db.journal.open(run.opened.path, run.demo).map((open) => [open.nodeId, open.places]),
  );
  for (const node of run.nodes) {
    const open = node.todo.length === 0 && node.reason === 'cached' ? places.get(node.nodeId) : undefined;
    if (open === undefined) continue;
    const what = open === 1 ? 'one candidate' : `${open} candidates`;
    run.notice(
      `${node.title}: ${what} of an interrupted re-roll are not in the file. Re-roll node ${node.nodeId} ("flowdeck regen --nodes ${node.nodeId}"): what was ordered is taken up, not bought again.`,
      node.nodeId,
    );
  }
}

/** Steps 4 to 6: backup, store local references, then clear the stale and put the addresses in, in one write. */
export async function prepareFile(
  run: RunState,
  { writeBack, keep, load, signal }: Pick<Workshop, 'writeBack' | 'keep' | 'load' | 'signal'>,
  deps: RunnerDeps,
): Promise<void> {
  const { opened, planned } = run;
  // Clean mode is a wipe and a run, and each of them is looked for under its own name.
  if (run.options.mode === 'clean') await deps.backup(opened.path, opened.bytes, 'pre-cache-wipe');
  const backup = await deps.backup(opened.path, opened.bytes, 'pre-run');
  if (backup.problem !== null) run.notice(backup.problem);
  await deps.db.commits.write(() => deps.db.runs.setBackup(run.runId, backup.id));
  const wanted = new Set(run.nodes.filter((node) => node.todo.length > 0).flatMap((node) => node.references));
  const addresses = new Map<string, string>();
  const media = new Map<string, string | null>();
  for (const value of wanted) {
    try {
      const picture = await load(value, signal);
      // What lies in the store of this machine has to go along to another one.
      const moves = run.store.kind !== 'local' && /^file:/i.test(value);
      const file = picture.localPath ?? (moves ? (deps.db.objects.byUrl(value)?.file ?? null) : null);
      if (file === null) continue;
      const { sha256, ext, contentType } = picture;
      const object = { sha256, ext, contentType, size: picture.bytes.byteLength, file };
      const { url } = await keep(object, `refs/${sha256}.${ext}`);
      media.set(value, deps.media(sha256, object.file));
      if (value !== planned.facts.refImage) addresses.set(value, url);
    } catch (error) {
      // Its nodes fail with it, before anything is submitted for them.
      if (!(error instanceof ReferenceProblem)) throw error;
    }
  }
  showReferences(run, media);
  signal.throwIfAborted();
  await writeBack.clear(addresses);
}

/** References are pictures too: once stored, the window can show them. */
function showReferences(run: RunState, media: ReadonlyMap<string, string | null>): void {
  const nodes = run.nodes.flatMap(({ nodeId }) => {
    const view = run.recorder.node(nodeId);
    if (!view?.references.some(({ url }) => media.has(url))) return [];
    const references = view.references.map((entry) => ({
      ...entry,
      media: media.get(entry.url) ?? entry.media,
    }));
    return [{ ...view, references }];
  });
  if (nodes.length > 0) run.recorder.change({ nodes });
}
