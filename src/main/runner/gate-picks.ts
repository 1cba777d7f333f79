import type { RunView } from '../../shared/run-view.ts';
import { type ExtraFields, galleryUrls } from '../workflow/fields.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { readPick } from '../workflow/picks.ts';
import type { Workflow, WorkflowNode } from '../workflow/read.ts';

/** A person's pick at a gate: an index into the gallery (row-major, from 0) and the picture it was made for. */
export interface PersonPick {
  index: number;
  /** Address it points at; null when the gallery was empty: it counts for the pictures that come (behaviour.md §5). */
  pointsAt: string | null;
}

export interface GatePick {
  gateId: number;
  title: string;
  /** The generation node whose candidates the gate shows. */
  feeder: GenerationNode;
  pick: PersonPick | null;
}

/** The gates that generation nodes feed, with the picks in the file. */
export function gatePicks(workflow: Workflow, nodes: readonly GenerationNode[]): Map<number, GatePick> {
  const gates = new Map<number, GatePick>();
  for (const feeder of nodes) {
    for (const gateId of feeder.gates) {
      const gate = workflow.nodes.get(gateId);
      if (gate)
        gates.set(gateId, {
          gateId,
          title: gate.title,
          feeder,
          pick: personPick(gate, feeder, workflow.fields),
        });
    }
  }
  return gates;
}

function personPick(gate: WorkflowNode, feeder: GenerationNode, fields: ExtraFields): PersonPick | null {
  const shown = galleryUrls(gate, fields);
  const gallery = shown.length > 0 ? shown : feeder.saved;
  if (gallery.length > 0) {
    const index = readPick(gate, gallery, fields);
    if (index !== null) return { index, pointsAt: gallery[index] ?? null };
  }
  // Nothing was shown at that place: only an index can have been meant, of the pictures that will be there.
  const places: null[] = Array.from({ length: feeder.prompts.length * feeder.perRow }, () => null);
  const index = readPick(gate, places, fields);
  return index === null ? null : { index, pointsAt: null };
}

/** Every gate that holds a run, by its record, has a person's pick that counts. Pure. */
export const picksAreMade = (view: RunView, gates: ReadonlyMap<number, GatePick>): boolean =>
  view.nodes
    .flatMap((node) => node.gates)
    .filter((gate) => gate.held)
    .every(({ nodeId }) => {
      const gate = gates.get(nodeId);
      return gate !== undefined && pickIn(gate.pick, gate.feeder.saved) !== null;
    });

/**
 * Where a pick stands in a gallery as it is now. Null: the picture it was made for is not there any more, so the
 * pick is taken back, never moved to another picture (behaviour.md §5).
 */
export function pickIn(pick: PersonPick | null, gallery: readonly (string | null)[]): number | null {
  if (pick === null) return null;
  if (pick.pointsAt === null) return pick.index < gallery.length ? pick.index : null;
  if (gallery[pick.index] === pick.pointsAt) return pick.index;
  const index = gallery.indexOf(pick.pointsAt);
  return index < 0 ? null : index;
}
