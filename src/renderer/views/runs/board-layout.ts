import type { RunNodeView } from '../../../shared/run-view.ts';

/**
 * Where the nodes of a run stand on the Board: scenes down, tabs and stages across (ui.md, screen 3). Pure, and made
 * of what never changes in a run, so that an update can neither move a cell nor change its size.
 */

export type Stage = 'prompt' | 'image' | 'gate' | 'video';

/** What one tab has in one line of the board: a picture node and the clip made from it. */
export interface BoardSlot {
  image: number | null;
  video: number | null;
}

/** A line of the board. A scene has one, or several where a tab has several nodes of a kind for it. */
export interface BoardRow {
  key: string;
  scene: number;
  firstOfScene: boolean;
  /** One a tab. */
  slots: readonly BoardSlot[];
  /** Every node of the line. */
  ids: readonly number[];
  /** Rows of prompts that are shown. */
  bands: number;
  /** Pixels. */
  bandHeight: number;
  /** Pixels. */
  height: number;
}

export interface BoardLayout {
  tabs: readonly string[];
  /** Stages this workflow has, in the order of its work. */
  stages: readonly Stage[];
  rows: readonly BoardRow[];
  /** Width of each stage in pixels; the prompt's is its least. */
  widths: Readonly<Record<Stage, number>>;
}

/** Rows and candidates of a node that are shown on the board; the side panel has them all. */
export const MOST_BANDS = 4;
export const MOST_THUMBS = 4;

/** Pixels: the box a thumbnail fits in, the space between two, the line with the state, the space around a cell. */
const THUMB = 72;
export const GAP = 4;
export const STATE_LINE = 24;
export const CELL_PADDING = 8;

/** What the layout is made of. */
export type LaidNode = Pick<
  RunNodeView,
  'nodeId' | 'tabIndex' | 'scene' | 'kind' | 'rows' | 'perRow' | 'aspectRatio' | 'needs'
> & { gates: readonly unknown[] };

/** Lays out a run's nodes. `tabs` are the tabs' names. */
export function layoutBoard(tabs: readonly string[], nodes: readonly LaidNode[]): BoardLayout {
  const tabCount = nodes.reduce((most, node) => Math.max(most, node.tabIndex + 1), tabs.length);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const scenes = [...Map.groupBy(nodes, (node) => node.scene)].sort(([a], [b]) => a - b);
  return {
    tabs: Array.from({ length: tabCount }, (_, i) => tabs[i] ?? `Tab ${i + 1}`),
    stages: stagesOf(nodes),
    rows: scenes.flatMap(([scene, members]) => sceneRows(scene, members, tabCount, byId)),
    widths: {
      prompt: 168,
      image: widestStrip(nodes.filter((node) => node.kind === 'image')),
      gate: 140,
      video: widestStrip(nodes.filter((node) => node.kind === 'video')),
    },
  };
}

/** Whether two versions of a run's nodes are laid out alike, so that the layout can stay. */
export function sameLayout(a: readonly LaidNode[], b: readonly LaidNode[]): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((node, i) => {
        const other = b[i];
        return (
          node === other ||
          (other !== undefined &&
            node.nodeId === other.nodeId &&
            node.tabIndex === other.tabIndex &&
            node.scene === other.scene &&
            node.kind === other.kind &&
            node.rows === other.rows &&
            node.perRow === other.perRow &&
            node.aspectRatio === other.aspectRatio &&
            node.gates.length === other.gates.length)
        );
      }))
  );
}

/** Size in pixels of a thumbnail on the board: the node's shape in a square box. */
export function thumbSize(aspectRatio: string): { width: number; height: number } {
  const [across = 9, down = 16] = shapeOf(aspectRatio);
  return across < down
    ? { width: Math.round((THUMB * across) / down), height: THUMB }
    : { width: THUMB, height: Math.round((THUMB * down) / across) };
}

/** Width and height of `9:16` as numbers; what is no shape counts as that of a phone. */
export function shapeOf(aspectRatio: string): [number, number] {
  const match = /^(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)$/.exec(aspectRatio.trim());
  const across = Number(match?.[1]);
  const down = Number(match?.[2]);
  return across > 0 && down > 0 ? [across, down] : [9, 16];
}

function stagesOf(nodes: readonly LaidNode[]): Stage[] {
  const stages: Stage[] = ['prompt'];
  if (nodes.some((node) => node.kind === 'image')) stages.push('image');
  if (nodes.some((node) => node.gates.length > 0)) stages.push('gate');
  if (nodes.some((node) => node.kind === 'video')) stages.push('video');
  return stages;
}

function widestStrip(nodes: readonly LaidNode[]): number {
  const strip = (node: LaidNode) => {
    const thumbs = Math.min(Math.max(node.perRow, 1), MOST_THUMBS);
    return thumbs * (thumbSize(node.aspectRatio).width + GAP) - GAP;
  };
  // At least as wide as `◐ generating 2 of 4`.
  return nodes.reduce((most, node) => Math.max(most, strip(node) + 2 * CELL_PADDING), 156);
}

function sceneRows(
  scene: number,
  nodes: readonly LaidNode[],
  tabCount: number,
  byId: ReadonlyMap<number, LaidNode>,
): BoardRow[] {
  const ofTab = Map.groupBy(nodes, (node) => node.tabIndex);
  const tabs = Array.from({ length: tabCount }, (_, tab) => slotsOf(ofTab.get(tab) ?? []));
  const lines = Math.max(...tabs.map((slots) => slots.length));
  return Array.from({ length: lines }, (_, line) => {
    const slots = tabs.map((of) => of[line] ?? { image: null, video: null });
    const ids = slots.flatMap(({ image, video }) => [image, video]).filter((id) => id !== null);
    const members = ids.flatMap((id) => byId.get(id) ?? []);
    const bands = Math.min(
      MOST_BANDS,
      members.reduce((most, node) => Math.max(most, node.rows), 1),
    );
    const bandHeight = members.reduce(
      (most, node) => Math.max(most, thumbSize(node.aspectRatio).height),
      THUMB / 2,
    );
    return {
      key: `${scene}.${line}`,
      scene,
      firstOfScene: line === 0,
      slots,
      ids,
      bands,
      bandHeight,
      height: 2 * CELL_PADDING + STATE_LINE + bands * (bandHeight + GAP) - GAP,
    };
  });
}

/** Puts a clip beside the picture it starts from; what has no partner there stands alone. */
function slotsOf(nodes: readonly LaidNode[]): BoardSlot[] {
  const images = nodes.filter((node) => node.kind === 'image');
  const videos = new Set(nodes.filter((node) => node.kind === 'video'));
  const slots = images.map((image): BoardSlot => {
    const video = [...videos].find((node) => node.needs.includes(image.nodeId));
    if (video) videos.delete(video);
    return { image: image.nodeId, video: video?.nodeId ?? null };
  });
  for (const video of videos) {
    const free = slots.find((slot) => slot.video === null);
    if (free) free.video = video.nodeId;
    else slots.push({ image: null, video: video.nodeId });
  }
  return slots;
}
