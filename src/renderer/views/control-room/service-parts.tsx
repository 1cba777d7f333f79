import type { ReactNode } from 'react';
import type { ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { ErrorCard } from '../../components/error-card.tsx';
import { duration, exactTime } from '../../components/format.ts';
import { logText } from '../../components/log-lines.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Tooltip } from '../../components/tooltip.tsx';
import { useNow } from '../../state/clock.tsx';
import type { ServiceAction, ServiceActions } from '../../state/service-actions.ts';
import { nextAttemptWords, serviceLook } from '../../state/service-look.ts';

/** State of a service, since when, and when it is tried again. */
export function ServiceHead({ service, children }: { service: ServiceView; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <StateMark {...serviceLook(service)} className="font-medium" />
      <span className="text-muted">
        <Since at={service.since} />
        {service.pid !== null && service.state !== 'stopped' && `, process ${service.pid}`}
      </span>
      {service.nextAttemptAt !== null && <NextAttempt service={service} />}
      {children}
    </div>
  );
}

/** How long it has been so, with the exact time on hover. */
function Since({ at }: { at: string }) {
  const now = useNow();
  return (
    <Tooltip text={`since ${exactTime(at)}`}>
      <time dateTime={at}>for {duration((now - Date.parse(at)) / 1000)}</time>
    </Tooltip>
  );
}

/** Counts down; the rest of the card stands still meanwhile. */
function NextAttempt({ service }: { service: ServiceView }) {
  const now = useNow();
  return <span className="font-medium">{nextAttemptWords(service, now)}</span>;
}

/** The buttons of a service. While it cannot go on by itself, the card of its problem has the one that starts it. */
export function ServiceButtons({
  name,
  actions,
  stuck,
}: {
  name: string;
  actions: ServiceActions;
  stuck: boolean;
}) {
  const { start, stop, restart } = actions;
  const button = (word: string, action: ServiceAction | null) =>
    action && (
      <Button onClick={action.run} disabled={action.busy} aria-label={`${word} ${name}`}>
        {word}
      </Button>
    );
  return (
    <>
      {button('Restart', restart)}
      {button('Stop', stop)}
      {!stuck && button('Start', start)}
    </>
  );
}

/** Whether it stays down until a person does something. */
export const isStuck = ({ state, problem }: Pick<ServiceView, 'state' | 'problem'>): boolean =>
  problem !== null && (state === 'failed' || state === 'foreign' || state === 'stopped');

/**
 * Why a service is not as it should be, and the cure: with a button where it needs a person, without alarm where it
 * is mended by itself.
 */
export function ServiceProblem({ service, actions }: { service: ServiceView; actions: ServiceActions }) {
  const { problem, state } = service;
  if (problem === null) return null;
  if (!isStuck(service)) {
    return (
      <div role="status" className="flex items-start gap-2 rounded-md bg-attn-soft p-3">
        <StateMark mark="needs-you" word="Note" hideWord className="mt-1" />
        <div className="min-w-0 break-words">
          <p>{problem.message}</p>
          <p className="text-muted">{problem.cure}</p>
        </div>
      </div>
    );
  }
  return (
    <ErrorCard
      what={problem.message}
      cure={problem.cure}
      raw={logText(service.log.slice(-50)) || undefined}
      action={
        actions.start && (
          <Button size="sm" onClick={actions.start.run} disabled={actions.start.busy}>
            {state === 'foreign' ? 'Look again' : 'Start again'}
          </Button>
        )
      }
    />
  );
}

/** The newest restarts with what made each necessary, one click away. */
export function Restarts({ service }: { service: Pick<ServiceView, 'restarts' | 'lastRestarts'> }) {
  const { restarts, lastRestarts } = service;
  if (lastRestarts.length === 0) return restarts === 0 ? 'none' : String(restarts);
  return (
    <details>
      <summary className="w-fit rounded-sm hover:text-ink">
        {restarts}, newest <RelativeTime at={lastRestarts[0]?.at ?? ''} />
      </summary>
      <ol className="mt-1 flex flex-col gap-1">
        {lastRestarts.map(({ at, reason }) => (
          <li key={at} className="grid grid-cols-[5rem_minmax(0,1fr)] gap-2">
            <RelativeTime at={at} className="text-muted" />
            <span className="break-words">{reason}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A quiet sentence on a card. */
export function Note({ children, className }: { children: ReactNode; className?: string }) {
  return <p className={cx('text-muted', className)}>{children}</p>;
}
