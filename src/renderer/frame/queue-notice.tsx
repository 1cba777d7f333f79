import { Play } from 'lucide-react';
import type { ReactNode } from 'react';
import type { QueueView } from '../../shared/queue.ts';
import { Button } from '../components/button.tsx';
import { StateMark } from '../components/state-mark.tsx';
import { notifyError } from '../components/toaster.tsx';
import { useResumeQueue } from '../wire/queries.ts';

/** Why nothing of the queue starts, with the one button that lets it go on; nothing while it goes on or is empty. */
export function QueueNotice({ queue, more }: { queue: QueueView; more?: ReactNode }) {
  const resume = useResumeQueue();
  if (!queue.paused || queue.entries.length === 0) return null;
  return (
    <section
      aria-label="The queue is paused"
      className="flex shrink-0 items-center gap-3 rounded-md bg-attn-soft px-3 py-2"
    >
      <StateMark mark="needs-you" word="Paused" hideWord />
      <p className="min-w-0 flex-1 break-words">
        {queue.pausedWhy ?? 'The queue is paused: nothing of it starts by itself.'}
      </p>
      {more}
      <Button
        busy={resume.isPending}
        icon={<Play aria-hidden />}
        onClick={() => resume.mutate(undefined, { onError: notifyError })}
      >
        Go on
      </Button>
    </section>
  );
}
