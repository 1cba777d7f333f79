import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { cx } from '../../../components/cx.ts';
import type { Mark } from '../../../components/marks.ts';
import { type Colours, drawOverview } from './draw-overview.ts';
import { markOf } from './graph-card.tsx';
import type { GraphLiveStore } from './graph-live.ts';
import type { GraphTab, Places } from './graph-model.ts';

/** Class names of the tokens the picture is drawn in; a canvas cannot read them by itself. */
const tokens = {
  line: 'text-line-strong',
  plain: 'text-line',
  ground: 'text-raised',
  chosen: 'text-accent-text',
  waiting: 'text-muted',
  working: 'text-busy',
  done: 'text-good',
  cached: 'text-good',
  'needs-you': 'text-attn',
  failed: 'text-bad',
  skipped: 'text-muted',
} as const satisfies Record<Mark | Exclude<keyof Colours, 'marks'>, string>;

type Token = keyof typeof tokens;
const names = Object.keys(tokens) as Token[];

type GraphOverviewProps = { tab: GraphTab; places: Places; live: GraphLiveStore };

/**
 * The workflow from far away: thousands of nodes as one picture, drawn once a frame at most, and only when something
 * moved or changed. What a card says to a screen reader is said by the active card beside it.
 */
export function GraphOverview({ tab, places, live }: GraphOverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const draw = () => {
      const { width, height, transform } = flow.getState();
      const [x, y, zoom] = transform;
      const { nodes, wanting, lit, chosen, active, path } = live.getState();
      const scale = window.devicePixelRatio;
      const wanted = { width: Math.round(width * scale), height: Math.round(height * scale) };
      if (element.width !== wanted.width) element.width = wanted.width;
      if (element.height !== wanted.height) element.height = wanted.height;
      drawOverview(context, {
        tab,
        places,
        view: { x, y, zoom },
        size: { width, height },
        scale,
        colours: readColours(element),
        markOf: (card) => markOf(card, nodes, wanting),
        isLit: (id) => lit === null || lit.has(id),
        ringed: [chosen, active].filter((id) => id !== null),
        path: path.links,
      });
    };
    let frame: number | null = null;
    const schedule = () => {
      frame ??= requestAnimationFrame(() => {
        frame = null;
        draw();
      });
    };
    schedule();
    const theme = new MutationObserver(schedule);
    theme.observe(document.documentElement, { attributes: true });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', schedule);
    const endings = [flow.subscribe(schedule), live.subscribe(schedule)];
    return () => {
      for (const end of endings) end();
      theme.disconnect();
      system.removeEventListener('change', schedule);
      if (frame !== null) cancelAnimationFrame(frame);
    };
  }, [tab, places, live, flow]);

  return (
    <canvas ref={canvas} aria-hidden className="pointer-events-none absolute inset-0 size-full">
      {names.map((name) => (
        <span key={name} data-token={name} className={cx(tokens[name])} />
      ))}
    </canvas>
  );
}

function readColours(element: HTMLElement): Colours {
  const colour = (name: Token) => {
    const probe = element.querySelector(`[data-token="${name}"]`);
    return probe ? getComputedStyle(probe).color : 'gray';
  };
  const marks = {
    waiting: colour('waiting'),
    working: colour('working'),
    done: colour('done'),
    cached: colour('cached'),
    'needs-you': colour('needs-you'),
    failed: colour('failed'),
    skipped: colour('skipped'),
  };
  return {
    line: colour('line'),
    plain: colour('plain'),
    ground: colour('ground'),
    chosen: colour('chosen'),
    marks,
  };
}
