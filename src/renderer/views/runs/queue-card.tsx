import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import type { QueueView } from '../../../shared/queue.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { notifyError } from '../../components/toaster.tsx';
import { QueueNotice } from '../../frame/queue-notice.tsx';
import { useAction } from '../../state/actions.ts';
import { queueSentence } from '../../state/queue.ts';
import { usePauseQueue, useResumeQueue } from '../../wire/queries.ts';
import { QueueTable } from './queue-table.tsx';

/** The runs that wait their turn, in the order they will start, and what can be done with them. */
export function QueueCard({ queue }: { queue: QueueView }) {
  const { entries, paused } = queue;
  const [said, setSaid] = useState('');
  const pause = usePauseQueue();
  const resume = useResumeQueue();
  const toggle = () => (paused ? resume : pause).mutate(undefined, { onError: notifyError });
  // With a reason to look at, the notice has the button.
  const noticed = paused && entries.length > 0;
  const isThere = entries.length > 0 || paused;
  useAction(
    isThere
      ? {
          id: 'pause-queue',
          title: paused ? 'Go on with the queue' : 'Pause the queue',
          group: 'Run',
          run: toggle,
        }
      : null,
  );

  return (
    <Card
      className="shrink-0"
      title="Queue"
      aside={
        <>
          {entries.length > 0 && <span className="text-muted">{queueSentence(queue)}</span>}
          {isThere && !noticed && (
            <Button
              busy={pause.isPending || resume.isPending}
              icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}
              onClick={toggle}
            >
              {paused ? 'Go on' : 'Pause queue'}
            </Button>
          )}
        </>
      }
    >
      <QueueNotice queue={queue} />
      {entries.length > 0 ? (
        <QueueTable entries={entries} onSaid={setSaid} />
      ) : (
        <p className="text-muted">
          {paused ? 'Paused. ' : ''}
          Runs wait here for their turn. While one goes on, Run… on a workflow adds it, and it starts by
          itself.
        </p>
      )}
      <p role="status" aria-live="polite" aria-label="Queue" className="sr-only">
        {said}
      </p>
    </Card>
  );
}
