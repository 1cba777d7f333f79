import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { cx } from '../../../components/cx.ts';
import { counted } from '../../../components/format.ts';
import { nodeName } from '../run-words.ts';
import { bandLook, barLooks } from './bar-look.ts';
import { elapsedLabel } from './time-scale.ts';
import type { BarKind } from './timeline-bars.ts';
import type { TimelineSums } from './timeline-sums.ts';
import { exactly } from './timeline-words.ts';
import type { TimeScale } from './use-time-scale.ts';

/** Of a run whose program ended there may be no record at all, so that this claims no more than it knows. */
const nothing = 'No attempts in the record of this run.';

type ToolsProps = {
  sums: TimelineSums;
  /** The run waited for its backend. */
  waited: boolean;
  began: number;
  /** The run goes on. */
  live: boolean;
  scale: TimeScale;
  onOpen: (nodeId: number) => void;
};

/** What the attempts come to, what the looks of the bars mean, and the zoom. */
export function TimelineTools({ sums, waited, began, live, scale, onOpen }: ToolsProps) {
  return (
    <div className="flex min-h-7 shrink-0 flex-wrap items-center gap-x-5 gap-y-1">
      <Sums sums={sums} began={began} live={live} onOpen={onOpen} />
      <div className="ml-auto flex items-center gap-x-4 gap-y-1">
        <Legend kinds={sums.kinds} waited={waited} />
        <Zoom scale={scale} />
      </div>
    </div>
  );
}

function Sums({ sums, began, live, onOpen }: Pick<ToolsProps, 'sums' | 'began' | 'live' | 'onOpen'>) {
  const { attempts, busiest, longest, queueShare } = sums;
  if (attempts === 0)
    return <p className="text-muted">{live ? 'Nothing was asked of G-Labs so far.' : nothing}</p>;
  return (
    <p className="flex flex-wrap items-center gap-x-4">
      <span>{counted(attempts, 'attempt')}</span>
      {busiest && (
        <span>
          <span className="text-muted">busiest at {elapsedLabel(Math.max(0, busiest.at - began))}:</span>{' '}
          {counted(busiest.tasks, 'task')} at once
        </span>
      )}
      {longest && <Longest node={longest.node} ms={longest.ms} onOpen={onOpen} />}
      {queueShare !== null && (
        <span title="Of the time of all attempts, the part before G-Labs began them">
          <span className="text-muted">waited in the queue:</span> {Math.round(queueShare * 100)} %
        </span>
      )}
    </p>
  );
}

type LongestProps = { node: RunNodeView; ms: number; onOpen: (nodeId: number) => void };

function Longest({ node, ms, onOpen }: LongestProps) {
  return (
    <span>
      <span className="text-muted">longest:</span>{' '}
      <button
        type="button"
        className="h-6 rounded-sm text-accent-text hover:underline"
        onClick={() => onOpen(node.nodeId)}
      >
        {nodeName(node)}
      </button>
      , {exactly(ms)}
    </span>
  );
}

const legend: readonly { kind: BarKind; part: 'queue' | 'work'; word: string }[] = [
  { kind: 'done', part: 'queue', word: 'queued' },
  { kind: 'working', part: 'work', word: 'at work' },
  { kind: 'done', part: 'work', word: 'done' },
  { kind: 'failed', part: 'work', word: 'failed' },
  { kind: 'lost', part: 'work', word: 'lost' },
  { kind: 'cut', part: 'work', word: 'cut off' },
];

/** What is not there needs no legend. */
function Legend({ kinds, waited }: { kinds: ReadonlySet<BarKind>; waited: boolean }) {
  return (
    <ul aria-label="Legend" className="flex items-center gap-3 text-muted text-xs">
      {legend
        .filter(({ kind, part }) => part === 'queue' || kinds.has(kind))
        .map(({ kind, part, word }) => (
          <li key={word} className="flex items-center gap-1">
            <span
              aria-hidden
              className={cx('h-2 w-5 border', barLooks[kind][part])}
              style={{ backgroundImage: part === 'work' ? barLooks[kind].pattern : undefined }}
            />
            {word}
          </li>
        ))}
      {waited && (
        <li className="flex items-center gap-1">
          <span aria-hidden className={cx('h-3 w-5', bandLook)} />
          waited for G-Labs
        </li>
      )}
    </ul>
  );
}

function Zoom({ scale }: { scale: TimeScale }) {
  return (
    <fieldset className="flex items-center gap-1">
      <legend className="sr-only">Zoom of the timeline</legend>
      <IconButton
        size="sm"
        label="Wider: half as long in sight (+)"
        aria-keyshortcuts="+"
        icon={<ZoomIn aria-hidden />}
        disabled={!scale.canZoomIn}
        onClick={scale.zoomIn}
      />
      <IconButton
        size="sm"
        label="Narrower: twice as long in sight (-)"
        aria-keyshortcuts="-"
        icon={<ZoomOut aria-hidden />}
        disabled={scale.zoom <= 1}
        onClick={scale.zoomOut}
      />
      <Button
        size="sm"
        icon={<Maximize2 aria-hidden />}
        aria-keyshortcuts="0"
        disabled={scale.zoom <= 1}
        onClick={scale.fit}
      >
        Fit
      </Button>
    </fieldset>
  );
}
