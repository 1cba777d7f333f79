import type { ServiceView } from '../../../shared/services.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { counted } from '../../components/format.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';

/** What is known of a service, in words. */
export function ServiceFacts({ service }: { service: ServiceView }) {
  const { url, lastProbe, nextAttemptAt, restarts, since, state } = service;
  const running = state !== 'stopped' && state !== 'foreign';
  return (
    <Facts>
      <Fact name="Since">
        <RelativeTime at={since} />
      </Fact>
      {(url || running) && (
        <Fact name="Address">
          {url ? (
            <span className="flex h-5 items-center gap-1">
              <span className="truncate">{url}</span>
              <CopyButton text={url} what="address" />
            </span>
          ) : (
            <span className="text-muted">none yet</span>
          )}
        </Fact>
      )}
      {running && (
        <Fact name="Last probe">
          {lastProbe ? (
            <span className="flex flex-wrap gap-x-3">
              <StateMark
                mark={lastProbe.ok ? 'done' : 'failed'}
                word={lastProbe.ok ? `answered in ${Math.round(lastProbe.ms)} ms` : lastProbe.message}
              />
              <RelativeTime at={lastProbe.at} className="text-muted" />
            </span>
          ) : (
            <span className="text-muted">none yet</span>
          )}
        </Fact>
      )}
      {(running || restarts > 0) && (
        <Fact name="Restarts">{restarts === 0 ? 'none' : counted(restarts, 'restart')}</Fact>
      )}
      {nextAttemptAt && (
        <Fact name="Next attempt">
          <RelativeTime at={nextAttemptAt} />
        </Fact>
      )}
    </Facts>
  );
}
