import type { WorkflowNode } from './read.ts';

const SCENE = /(?<![\p{L}\p{N}])scene[\s\p{Pd}_#.:]*(\d{1,4})(?!\d)/iu;

/** `Scene 03`, `SCENE—3`, `scene_03` → 3; null without one. */
export function sceneInTitle(title: string): number | null {
  const digits = SCENE.exec(title)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Scene of every image and video node of a tab: from its title, else its rank (from 1) among the nodes of its kind
 * by position on the canvas, y then x (behaviour.md §6).
 */
export function sceneNumbers(nodes: readonly WorkflowNode[]): Map<WorkflowNode, number> {
  const scenes = new Map<WorkflowNode, number>();
  for (const kind of ['image', 'video'] as const) {
    const ranked = nodes
      .filter((node) => node.kind === kind)
      .sort((a, b) => a.pos[1] - b.pos[1] || a.pos[0] - b.pos[0] || a.nodeIndex - b.nodeIndex);
    for (const [i, node] of ranked.entries()) scenes.set(node, sceneInTitle(node.title) ?? i + 1);
  }
  return scenes;
}
