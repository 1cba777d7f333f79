import { LifeBuoy, X } from 'lucide-react';
import { Button, IconButton } from '../components/button.tsx';
import { StateMark } from '../components/state-mark.tsx';
import { useAction } from '../state/actions.ts';
import { useNow } from '../state/clock.tsx';
import {
  freshRecoveries,
  interruptedSentence,
  interruptionKey,
  waitingRecoveries,
} from '../state/recovery.ts';
import { useRecoveryWindow } from '../state/recovery-window.ts';
import { useWindow } from '../state/window.ts';
import { useRecoveries } from '../wire/queries.ts';

/**
 * Tells of interrupted runs, until it is closed or one has gone to them. Below the content, so that nothing that the
 * pointer is on moves when it comes.
 */
export function RecoveryBanner() {
  const entries = useRecoveries().data?.entries ?? [];
  const { seen, see } = useRecoveryWindow();
  const { view, openRecovery } = useWindow();
  const now = useNow();
  const [newest] = waitingRecoveries(entries);
  const fresh = freshRecoveries(entries, seen);
  const [first] = fresh;

  useAction(
    newest
      ? {
          id: 'recover',
          title: `Recover ${newest.name}…`,
          group: 'Recovery',
          run: () => openRecovery(newest.path),
        }
      : null,
  );

  return (
    <div role="status" aria-live="polite">
      {first && view !== 'recovery' && (
        <div className="flex min-h-10 items-center gap-3 border-attn border-t bg-attn-soft px-5 py-1">
          <StateMark mark="needs-you" word="Interrupted run" hideWord />
          <p className="min-w-0 flex-1 break-words">
            {interruptedSentence(first, now)}
            {fresh.length > 1 && ` ${fresh.length - 1} more like it.`}
          </p>
          <Button icon={<LifeBuoy aria-hidden />} onClick={() => openRecovery(first.path)}>
            Recover…
          </Button>
          <IconButton
            label="Close. It stays on the screen Recovery."
            icon={<X aria-hidden />}
            onClick={() => see(fresh.map(interruptionKey))}
          />
        </div>
      )}
    </div>
  );
}
