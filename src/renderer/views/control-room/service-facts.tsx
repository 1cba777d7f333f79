import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ServiceView } from '../../../shared/services.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Tooltip } from '../../components/tooltip.tsx';
import { useAppInfo } from '../../wire/queries.ts';
import { Restarts } from './service-parts.tsx';

/** What is known of a service, in words. `children`: what only this one has, before all others. */
export function ServiceFacts({ service, children }: { service: ServiceView; children: ReactNode }) {
  const { lastProbe, restarts, state } = service;
  const running = state !== 'stopped' && state !== 'foreign';
  return (
    <Facts>
      {children}
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
        <Fact name="Restarts">
          <Restarts service={service} />
        </Fact>
      )}
    </Facts>
  );
}

/** An address with what one does with it. `what` completes the button's name: `Copy address of G-Labs`. */
export function AddressFact({ url, what }: { url: string; what: string }) {
  // The desktop window opens no other pages.
  const inBrowser = useAppInfo().data?.face === 'browser';
  return (
    <span className="flex h-5 items-center gap-1">
      <span className="truncate" title={url}>
        {url}
      </span>
      <CopyButton text={url} what={what} />
      {inBrowser && (
        <Tooltip text={`Open ${what}`}>
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            aria-label={`Open ${what}`}
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm hover:bg-hover [&_svg]:size-4"
          >
            <ExternalLink aria-hidden />
          </a>
        </Tooltip>
      )}
    </span>
  );
}
