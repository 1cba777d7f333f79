import { ArrowDown, ArrowUp, CirclePause, Play, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { QueueEntry } from '../../../shared/queue.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Td } from '../../components/data-table.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { entryMark } from '../../state/queue.ts';
import { useWindow } from '../../state/window.ts';
import { useQueuedPlan } from '../../wire/queries.ts';
import type { QueueAct, QueueEdits } from './use-queue-edits.ts';

type QueueRowProps = {
  entry: QueueEntry;
  /** From 0. */
  at: number;
  of: number;
  edits: QueueEdits;
};

/** One entry: what it is, what it will come to, and its buttons. Why it could not start stands below it. */
export function QueueRow({ entry, at, of, edits }: QueueRowProps) {
  const { name, options, state, problem } = entry;
  const openWorkflow = useWindow((window) => window.openWorkflow);
  const plan = useQueuedPlan(entry).data?.totals;
  const starting = state === 'starting';
  return (
    <>
      <tr className="hover:bg-hover">
        <Td numeric>{at + 1}</Td>
        <Td className="max-w-60">
          <button
            type="button"
            title={entry.path}
            onClick={() => openWorkflow(entry.path)}
            className="h-6 max-w-full truncate rounded-sm text-accent-text hover:underline"
          >
            {name}
          </button>
        </Td>
        <Td className="whitespace-nowrap">
          <StateMark {...entryMark(entry)} />
        </Td>
        <Td>{options.reroll ? `re-roll of ${counted(options.reroll.length, 'place')}` : options.mode}</Td>
        <Td className="whitespace-nowrap">
          {plan === undefined ? <span className="text-muted">–</span> : toGenerate(plan)}
        </Td>
        <Td numeric>{plan === undefined ? '–' : <Money usd={plan.costUSD} estimate />}</Td>
        <Td className="whitespace-nowrap text-muted">
          <RelativeTime at={entry.addedAt} />
        </Td>
        <Td className="w-0">
          <div className="flex justify-end gap-1">
            <Act act="up" edits={edits} entry={entry} off={starting || at === 0} label={`Move ${name} up`}>
              <ArrowUp aria-hidden />
            </Act>
            <Act
              act="down"
              edits={edits}
              entry={entry}
              off={starting || at === of - 1}
              label={`Move ${name} down`}
            >
              <ArrowDown aria-hidden />
            </Act>
            {state === 'held' ? (
              <Act act="hold" edits={edits} entry={entry} label={`Let ${name} go on`}>
                <Play aria-hidden />
              </Act>
            ) : (
              <Act act="hold" edits={edits} entry={entry} off={state !== 'waiting'} label={`Hold ${name}`}>
                <CirclePause aria-hidden />
              </Act>
            )}
            <Act act="remove" edits={edits} entry={entry} off={starting} label={`Remove ${name}`}>
              <X aria-hidden />
            </Act>
          </div>
        </Td>
      </tr>
      {problem !== null && (
        <tr>
          <td colSpan={8} className="pb-2">
            <ErrorCard
              what={`${name} could not start.`}
              why={problem}
              action={
                <Button size="sm" onClick={() => edits.release(entry)}>
                  Try again
                </Button>
              }
            />
          </td>
        </tr>
      )}
    </>
  );
}

function toGenerate({ images, videos }: { images: number; videos: number }): string {
  const parts = [
    ...(images > 0 ? [counted(images, 'image')] : []),
    ...(videos > 0 ? [counted(videos, 'clip')] : []),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

type ActProps = {
  act: QueueAct;
  edits: QueueEdits;
  entry: QueueEntry;
  label: string;
  /** Cannot be done now. It keeps the focus: who moved it to the top by key is still there. */
  off?: boolean;
  children: ReactNode;
};

function Act({ act, edits, entry, label, off = false, children }: ActProps) {
  return (
    <IconButton
      size="sm"
      label={label}
      icon={children}
      aria-disabled={off || undefined}
      data-act={`${act} ${entry.id}`}
      onClick={() => !off && edits.act(act, entry)}
    />
  );
}
