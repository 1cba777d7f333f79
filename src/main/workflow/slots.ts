import type { WorkflowNode } from './read.ts';

/** What an input slot of a generation node is for, and its index among the node's inputs. */
export interface SlotRoles {
  prompt: number | null;
  /** In the order they are sent. */
  media: { index: number; label: string; slot: 'reference' | 'start frame' | 'end frame' }[];
}

/** Input slots of a Veo node as PatchWork wants them; the third is what rule 5 asks for. */
export const VIDEO_SLOTS = ['prompt', 'start frame', 'end frame'] as const;

/**
 * Slots match by name (`prompt`, `image 1`, `image 2`, start/first frame, end/last frame), else by position:
 * first the prompt, then references or frames (behaviour.md §1).
 */
export function slotRoles(node: WorkflowNode): SlotRoles {
  const video = node.kind === 'video';
  const wanted = video ? [...VIDEO_SLOTS] : ['prompt', 'image 1', 'image 2'];
  const byRole = new Map<string, number>();
  const unnamed: number[] = [];
  for (const [index, input] of node.inputs.entries()) {
    const role = video ? videoRole(input.name) : imageRole(input.name);
    if (role !== null && !byRole.has(role)) byRole.set(role, index);
    else unnamed.push(index);
  }
  for (const role of wanted) {
    if (byRole.has(role)) continue;
    const index = unnamed.shift();
    if (index !== undefined) byRole.set(role, index);
  }
  const media: SlotRoles['media'] = [];
  for (const [role, index] of [...byRole].sort(([a], [b]) => rank(a) - rank(b))) {
    if (role === 'prompt') continue;
    const slot = role === 'start frame' || role === 'end frame' ? role : 'reference';
    media.push({ index, label: node.inputs[index]?.name || role, slot });
  }
  return { prompt: byRole.get('prompt') ?? null, media };
}

function imageRole(name: string): string | null {
  const plain = plainName(name);
  if (plain === 'prompt' || plain === 'text') return 'prompt';
  const match = /^(?:image|img|ref|reference|reference image) ?(\d{1,3})?$/.exec(plain);
  return match ? `image ${Number(match[1] ?? 1)}` : null;
}

function videoRole(name: string): string | null {
  const plain = plainName(name);
  if (plain === 'prompt' || plain === 'text') return 'prompt';
  if (/^(?:start|first)(?: ?(?:frame|image))?$/.test(plain)) return 'start frame';
  return /^(?:end|last)(?: ?(?:frame|image))?$/.test(plain) ? 'end frame' : null;
}

const plainName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

function rank(role: string): number {
  if (role === 'prompt') return 0;
  if (role === 'start frame') return 1;
  if (role === 'end frame') return 2;
  return Number(/\d+$/.exec(role)?.[0] ?? 0);
}
