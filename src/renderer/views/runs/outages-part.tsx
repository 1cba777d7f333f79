import type { OutageView, RunSummary } from '../../../shared/run-view.ts';
import { clockTime, exactTime } from '../../components/format.ts';
import { useNow } from '../../state/clock.tsx';
import { awayNames, outcomeWords } from './run-outages.ts';
import { PanelPart } from './side-panel.tsx';

type OutagesPartProps = { run: RunSummary; outages: readonly OutageView[] };

/** The times in which a run waited for its backend, newest first; nothing where there were none. */
export function OutagesPart({ run, outages }: OutagesPartProps) {
  const now = useNow();
  if (outages.length === 0) return null;
  const end = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return (
    <PanelPart title="Outages">
      <ul className="flex flex-col gap-2">
        {outages.toReversed().map((outage) => (
          <li key={outage.from}>
            <p>
              <span className="text-muted" title={exactTime(outage.from)}>
                {clockTime(outage.from)}
              </span>{' '}
              {awayNames[outage.what]}, {lasts(run, outage) ? 'still away' : outcomeWords(outage, end)}
            </p>
            <p className="break-words text-muted text-xs">{outage.message}</p>
          </li>
        ))}
      </ul>
    </PanelPart>
  );
}

const lasts = (run: RunSummary, outage: OutageView): boolean => outage.to === null && run.finishedAt === null;
