import type { Mark } from '../../../components/marks.ts';
import { boundsOf, type View } from './graph-arrange.ts';
import { type GraphCard, type GraphTab, LINK_HEIGHT, type Places, type Size } from './graph-model.ts';

/** The whole workflow as one picture, where cards would be too small to read. */

export interface Colours {
  line: string;
  plain: string;
  ground: string;
  chosen: string;
  marks: Record<Mark, string>;
}

interface Scene {
  tab: GraphTab;
  places: Places;
  view: View;
  /** CSS pixels. */
  size: Size;
  /** Device pixels of one CSS pixel. */
  scale: number;
  colours: Colours;
  markOf: (card: GraphCard) => Mark | null;
  isLit: (id: number) => boolean;
  /** Cards with a ring around them: what is open, and where the keyboard is. */
  ringed: readonly number[];
  /** Ids of links that are emphasised. */
  path: ReadonlySet<string>;
}

/** Marks a person must not miss are drawn at least so large, in pixels. */
const LEAST_MARK = 10;
/** From this size on, in pixels, there is room for a shape beside the colour. */
const ROOM_FOR_SHAPE = 14;

export function drawOverview(canvas: CanvasRenderingContext2D, scene: Scene): void {
  const { tab, places, view, size, scale, colours, isLit, ringed } = scene;
  canvas.setTransform(scale, 0, 0, scale, 0, 0);
  canvas.clearRect(0, 0, size.width, size.height);
  drawLinks(canvas, scene);
  const late: { mark: Mark; x: number; y: number; lit: boolean }[] = [];
  for (const card of tab.cards) {
    const box = onScreen(card, places, view);
    if (
      !box ||
      box.x > size.width ||
      box.y > size.height ||
      box.x + box.width < 0 ||
      box.y + box.height < 0
    ) {
      continue;
    }
    const mark = scene.markOf(card);
    const lit = isLit(card.id);
    canvas.globalAlpha = lit ? 1 : 0.25;
    const roomy = mark !== null && box.height >= ROOM_FOR_SHAPE;
    canvas.fillStyle = mark === null ? colours.plain : roomy ? colours.ground : colours.marks[mark];
    canvas.beginPath();
    canvas.roundRect(box.x, box.y, box.width, box.height, Math.min(6, 6 * view.zoom * 4));
    canvas.fill();
    if (roomy) {
      canvas.strokeStyle = colours.marks[mark];
      canvas.lineWidth = 1;
      canvas.stroke();
    }
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    if (roomy) drawMark(canvas, mark, colours, { ...middle, size: Math.min(box.height * 0.6, 16) });
    else if (mark === 'failed' || mark === 'needs-you') late.push({ mark, ...middle, lit });
  }
  // On top of everything, with a rim, since they are larger than their cards.
  for (const { mark, x, y, lit } of late) {
    canvas.globalAlpha = lit ? 1 : 0.25;
    canvas.fillStyle = colours.ground;
    canvas.beginPath();
    canvas.arc(x, y, LEAST_MARK * 0.8, 0, 2 * Math.PI);
    canvas.fill();
    drawMark(canvas, mark, colours, { x, y, size: LEAST_MARK });
  }
  canvas.globalAlpha = 1;
  for (const id of ringed) {
    const card = tab.byId.get(id);
    const box = card && onScreen(card, places, view);
    if (!box) continue;
    canvas.strokeStyle = colours.chosen;
    canvas.lineWidth = 2;
    canvas.strokeRect(box.x - 3, box.y - 3, box.width + 6, box.height + 6);
  }
}

function drawLinks(canvas: CanvasRenderingContext2D, { tab, places, view, colours, path }: Scene): void {
  for (const onPath of [false, true]) {
    canvas.beginPath();
    for (const { id, from, to, shared } of tab.links) {
      // Links of a shared source would cover everything else.
      if (path.has(id) !== onPath || (shared && !onPath)) continue;
      const start = places.get(from);
      const end = places.get(to);
      const width = tab.byId.get(from)?.size.width ?? 0;
      if (!start || !end) continue;
      canvas.moveTo((start.x + width) * view.zoom + view.x, (start.y + LINK_HEIGHT) * view.zoom + view.y);
      canvas.lineTo(end.x * view.zoom + view.x, (end.y + LINK_HEIGHT) * view.zoom + view.y);
    }
    canvas.strokeStyle = onPath ? colours.chosen : colours.line;
    canvas.lineWidth = 1;
    canvas.stroke();
  }
}

/** The same shapes as everywhere (state-mark.tsx), in a box of 12. */
const shapes: Record<Mark, { fill?: string; stroke?: string }> = {
  waiting: { stroke: 'M10.5 6a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0z' },
  working: { stroke: 'M10.5 6a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0z', fill: 'M6 1.5a4.5 4.5 0 0 0 0 9z' },
  done: { fill: 'M11 6a5 5 0 1 1-10 0a5 5 0 1 1 10 0z' },
  cached: { stroke: 'M10.5 6a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0zM4 2.4v7.2M6 1.6v8.8M8 2.4v7.2' },
  'needs-you': { fill: 'M6 .8 11.2 6 6 11.2.8 6z' },
  failed: { stroke: 'm2 2 8 8M10 2l-8 8' },
  skipped: { stroke: 'M2 6h8' },
};

function drawMark(
  canvas: CanvasRenderingContext2D,
  mark: Mark,
  colours: Colours,
  at: { x: number; y: number; size: number },
): void {
  const { fill, stroke } = shapes[mark];
  canvas.save();
  canvas.translate(at.x - at.size / 2, at.y - at.size / 2);
  canvas.scale(at.size / 12, at.size / 12);
  canvas.fillStyle = colours.marks[mark];
  canvas.strokeStyle = colours.marks[mark];
  canvas.lineWidth = mark === 'failed' ? 2.5 : 1.5;
  if (fill !== undefined) canvas.fill(new Path2D(fill));
  if (stroke !== undefined) canvas.stroke(new Path2D(stroke));
  canvas.restore();
}

function onScreen(card: GraphCard, places: Places, view: View) {
  if (!places.has(card.id)) return null;
  const box = boundsOf({ cards: [card] }, places);
  return {
    x: box.x * view.zoom + view.x,
    y: box.y * view.zoom + view.y,
    width: box.width * view.zoom,
    height: box.height * view.zoom,
  };
}
