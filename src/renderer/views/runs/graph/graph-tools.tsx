import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { IconButton } from '../../../components/button.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { useAction } from '../../../state/actions.ts';
import { type Arrangement, useRunLook } from '../../../state/run-look.ts';

const arrangements: readonly { value: Arrangement; label: string }[] = [
  { value: 'drawn', label: 'As drawn' },
  { value: 'tidy', label: 'Tidy' },
];

/** Motion only to show change of place, and none for those who asked for none. */
const glide = () => ({
  duration: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150,
});

type GraphToolsProps = {
  onFit: () => void;
  /** What is going on with the arrangement, if it is not there yet. */
  note: string | null;
};

/** Zoom and arrangement, in a corner of the canvas. */
export function GraphTools({ onFit, note }: GraphToolsProps) {
  const flow = useReactFlow();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  const { arrangement, arrange } = useRunLook();
  const other = arrangement === 'drawn' ? 'tidy' : 'drawn';
  useAction({ id: 'graph-fit', title: 'Show the whole graph', group: 'Run', run: onFit });
  useAction({
    id: 'graph-arrange',
    title: other === 'tidy' ? 'Arrange the graph tidily' : 'Show the graph as drawn',
    group: 'Run',
    run: () => arrange(other),
  });
  return (
    <Panel
      position="bottom-left"
      className="flex items-center gap-3 rounded-md border border-line bg-raised p-1"
    >
      <div className="flex items-center gap-0.5">
        <IconButton label="Zoom out (-)" icon={<Minus aria-hidden />} onClick={() => flow.zoomOut(glide())} />
        <span className="w-10 text-center text-muted text-xs">{percent}%</span>
        <IconButton label="Zoom in (+)" icon={<Plus aria-hidden />} onClick={() => flow.zoomIn(glide())} />
        <IconButton label="Show everything (0)" icon={<Maximize aria-hidden />} onClick={onFit} />
      </div>
      <Segmented
        label="Arrangement"
        hideLabel
        value={arrangement}
        onValueChange={arrange}
        options={arrangements}
      />
      <p role="status" className="pr-2 text-muted text-xs empty:hidden">
        {note}
      </p>
    </Panel>
  );
}
