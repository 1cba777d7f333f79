import { Tooltip as Radix } from 'radix-ui';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { Fact, Facts } from '../../../components/data-table.tsx';
import { exactTime } from '../../../components/format.ts';
import { StateMark } from '../../../components/state-mark.tsx';
import { elapsedLabel } from './time-scale.ts';
import { type Bar, barSpans } from './timeline-bars.ts';
import { barMark, barName, exactly } from './timeline-words.ts';

/** The bar somebody points at or has the focus on, and where it is in the window. */
export interface TipTarget {
  nodeId: number;
  bar: string;
  at: { left: number; top: number; width: number; height: number };
}

type TipProps = {
  target: TipTarget;
  node: RunNodeView;
  bar: Bar;
  began: number;
  now: number;
  /** The pointer came onto the tip, or left it: it stays while one reads or marks its text. */
  onHover: (over: boolean) => void;
};

/** Everything about one attempt. One tip serves all bars: thousands of them would cost more than the bars. */
export function AttemptTip({ target, node, bar, began, now, onHover }: TipProps) {
  const { at } = target;
  return (
    <Radix.Root open key={`${target.nodeId}.${target.bar}`}>
      <Radix.Trigger asChild>
        <span aria-hidden className="pointer-events-none fixed" style={at} />
      </Radix.Trigger>
      {/* In its place on the screen and not at the end of the page, so that it lies in a landmark. */}
      <Radix.Content
        side="top"
        sideOffset={4}
        collisionPadding={8}
        onPointerEnter={() => onHover(true)}
        onPointerLeave={() => onHover(false)}
        className="z-50 w-104 rounded-sm border border-line bg-raised p-2 text-ink text-xs shadow-lift"
      >
        <AttemptFacts node={node} bar={bar} began={began} now={now} />
      </Radix.Content>
    </Radix.Root>
  );
}

function AttemptFacts({ node, bar, began, now }: Omit<TipProps, 'target' | 'onHover'>) {
  const { attempt } = bar;
  const { waited, worked } = barSpans(bar, now);
  const since = (time: number) => elapsedLabel(Math.max(0, time - began));
  return (
    <div className="flex flex-col gap-1">
      <p className="break-words font-medium">{node.title}</p>
      <p className="flex items-center gap-3">
        {barName(node, bar)}
        <StateMark {...barMark(bar.kind)} />
      </p>
      <Facts className="gap-y-0">
        <Fact name="Asked">
          {exactTime(attempt.queuedAt)} ({since(bar.queuedAt)})
        </Fact>
        <Fact name="Begun">
          {attempt.submittedAt === null || bar.submittedAt === null
            ? 'not by G-Labs'
            : `${exactTime(attempt.submittedAt)} (${since(bar.submittedAt)}), after ${exactly(waited)}`}
        </Fact>
        {attempt.endedAt !== null && bar.endedAt !== null && (
          <Fact name="Ended">
            {exactTime(attempt.endedAt)} ({since(bar.endedAt)}), after {exactly(worked)}
          </Fact>
        )}
        {attempt.taskId !== null && (
          <Fact name="Task">
            <span className="break-all font-mono">{attempt.taskId}</span>
          </Fact>
        )}
      </Facts>
      {attempt.message !== null && <p className="break-words">{attempt.message}</p>}
    </div>
  );
}
