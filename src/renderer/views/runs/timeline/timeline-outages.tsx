import type { OutageView } from '../../../../shared/run-view.ts';
import { awayNames, outageMs, outcomeWords } from '../run-outages.ts';
import { bandLook } from './bar-look.ts';
import { elapsedLabel } from './time-scale.ts';
import { NAMES_WIDTH } from './timeline-line.tsx';

/** A band is never drawn narrower: one can still see it. */
const LEAST_BAND = 3;

type OutageBandsProps = {
  outages: readonly OutageView[];
  /** Start of the axis and end of what is drawn, in ms since 1970. */
  began: number;
  end: number;
  pxPerMs: number;
};

/** Where the run waited for its backend, behind the bars. */
export function OutageBands(props: OutageBandsProps) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-y-0" style={{ left: NAMES_WIDTH }}>
      {bandsOf(props).map(({ key, left, width }) => (
        <span key={key} data-outage className={`absolute inset-y-0 ${bandLook}`} style={{ left, width }} />
      ))}
    </div>
  );
}

/** The same on the axis, where one can point at it; in words for who sees no bands. */
export function OutageMarks(props: OutageBandsProps) {
  return (
    <>
      {bandsOf(props).map(({ key, left, width, words }) => (
        <span
          key={key}
          title={words}
          className="absolute bottom-0 h-2 border-attn border-x bg-attn"
          style={{ left, width }}
        >
          <span className="sr-only">{words}</span>
        </span>
      ))}
    </>
  );
}

function bandsOf({ outages, began, end, pxPerMs }: OutageBandsProps) {
  return outages.map((outage) => {
    const at = Math.max(0, Date.parse(outage.from) - began);
    const words = `At ${elapsedLabel(at)} ${awayNames[outage.what]} went away: ${outcomeWords(outage, end)}.`;
    return {
      key: outage.from,
      left: at * pxPerMs,
      width: Math.max(LEAST_BAND, outageMs(outage, end) * pxPerMs),
      words,
    };
  });
}
