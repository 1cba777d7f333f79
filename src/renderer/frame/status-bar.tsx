import type { ReactNode } from 'react';
import type { RunSummary } from '../../shared/run-view.ts';
import type { ServiceView } from '../../shared/services.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { cx } from '../components/cx.ts';
import { counted, money, timeLeft } from '../components/format.ts';
import { runMark } from '../components/marks.ts';
import { ProgressBar } from '../components/progress-bar.tsx';
import { StateMark } from '../components/state-mark.tsx';
import { useNow } from '../state/clock.tsx';
import { currentRun, needsYou } from '../state/now-what.ts';
import { queueInShort } from '../state/queue.ts';
import { serviceLook, verifiedUrl } from '../state/service-look.ts';
import { useWindow } from '../state/window.ts';
import { useQueue, useRuns, useServices } from '../wire/queries.ts';
import { DemoLabel } from './demo-label.tsx';
import { PrimaryButton } from './primary-button.tsx';

/** Always there: is everything up, what is running, what needs a person, and the one next step. */
export function StatusBar() {
  const services = useServices().data;
  const runs = useRuns().data?.runs ?? [];
  const run = currentRun(runs);
  const queue = useQueue().data;
  const queued = queue ? queueInShort(queue) : null;
  const { go, openRun } = useWindow.getState();
  const toRoom = () => go('control-room');

  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-line border-b bg-panel px-3">
      {services ? (
        <>
          <GlabsPart service={services.glabs} onClick={toRoom} />
          {services.glabs.demo && services.glabs.state !== 'stopped' && <DemoLabel />}
          <TunnelPart service={services.tunnel} short={run !== null} onClick={toRoom} />
        </>
      ) : (
        <span className="px-2 text-muted">Connecting to Flowdeck…</span>
      )}
      <div className="mx-2 flex min-w-0 flex-1 items-center">
        {run && <RunPart run={run} onClick={() => openRun(run.runId)} />}
      </div>
      {queued && (
        <Part label="Queue" onClick={() => openRun(null)}>
          <StateMark {...queued} />
        </Part>
      )}
      <NeedsPart runs={runs} />
      <PrimaryButton />
    </header>
  );
}

type ServicePartProps = { service: ServiceView; onClick: () => void };

function GlabsPart({ service, onClick }: ServicePartProps) {
  const address = service.url && service.state !== 'stopped' ? new URL(service.url) : null;
  return (
    <Part onClick={onClick}>
      <span className="text-muted">G-Labs</span>
      <StateMark {...serviceLook(service)} />
      {address && <span className="max-w-40 truncate text-muted">{address.port || address.host}</span>}
    </Part>
  );
}

/** With the address that works now, to be copied. `short`: its words make room where the window is narrow. */
function TunnelPart({ service, short, onClick }: ServicePartProps & { short: boolean }) {
  const url = verifiedUrl(service);
  return (
    <>
      <Part onClick={onClick}>
        <span className="text-muted">Tunnel</span>
        <StateMark {...serviceLook(service)} />
        {url && (
          <span className={cx('max-w-24 truncate text-muted xl:max-w-40', short && 'hidden xl:inline')}>
            {new URL(url).hostname}
          </span>
        )}
      </Part>
      {url && <CopyButton text={url} what="address of the tunnel" />}
    </>
  );
}

/** Alone with the clock, so that nothing else of the bar is drawn anew each second. */
function NeedsPart({ runs }: { runs: readonly RunSummary[] }) {
  const { picks, failed, runId } = needsYou(runs, useNow());
  if (picks === 0 && failed === 0) return null;
  return (
    <Part label="What needs you" onClick={() => useWindow.getState().openRun(runId)}>
      {picks > 0 && <StateMark mark="needs-you" word={counted(picks, 'pick')} />}
      {failed > 0 && <StateMark mark="failed" word={`${failed} failed`} />}
    </Part>
  );
}

function RunPart({ run, onClick }: { run: RunSummary; onClick: () => void }) {
  const { mark, word } = runMark(run.status);
  const left = timeLeft(run.etaS);
  return (
    <Part label="Current run" onClick={onClick} className="min-w-0">
      <StateMark mark={mark} word={word} hideWord={run.status === 'running'} />
      <span className="max-w-48 shrink-0 truncate font-medium">{run.name}</span>
      <ProgressBar
        label={`Progress of ${run.name}`}
        done={run.done}
        total={run.total}
        className="w-24 min-w-8 shrink"
      />
      <span>
        {run.done}/{run.total}
      </span>
      {left && <span className="hidden text-muted lg:inline">{left}</span>}
      <span className="hidden text-muted xl:inline">
        {money(run.costUSD)} of ~{money(run.plan.costUSD)}
      </span>
    </Part>
  );
}

type PartProps = {
  /** What this part is about, where its words do not say so by themselves. */
  label?: string;
  onClick: () => void;
  className?: string;
  children: ReactNode;
};

function Part({ label, onClick, className, children }: PartProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={cx(
        'flex h-8 items-center gap-2 whitespace-nowrap rounded-sm px-2 hover:bg-hover',
        className,
      )}
    >
      {label && <span className="sr-only">{label}: </span>}
      {children}
    </button>
  );
}
