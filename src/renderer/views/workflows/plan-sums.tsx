import type { PlanTotals } from '../../../shared/domain.ts';
import { settingSchemas } from '../../../shared/settings.ts';
import { counted, duration } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { useSettings } from '../../wire/queries.ts';

/** What a plan comes to: how many of what, how long, what it costs by which price list, and what is reused. */
export function PlanSums({ totals, demo }: { totals: PlanTotals; demo: boolean }) {
  const pricesOf = usePriceDate();
  const { images, videos, generations, cached, costUSD, estimateS } = totals;
  const reused = `${counted(cached, 'node')} reused`;
  if (generations === 0) return <p>Nothing to generate, {reused}.</p>;
  const made = [images > 0 && counted(images, 'image'), videos > 0 && counted(videos, 'clip')].filter(
    Boolean,
  );
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1">
      <Sum name="To generate">{made.join(' and ')}</Sum>
      <Sum name="Reused">{counted(cached, 'node')}</Sum>
      <Sum name="Time">about {duration(estimateS)}</Sum>
      <Sum name={pricesOf ? `Cost, prices of ${pricesOf}` : 'Cost'}>
        <Money usd={costUSD} estimate />
        {demo && <span className="text-attn"> if real; the demo costs nothing</span>}
      </Sum>
    </dl>
  );
}

function Sum({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}

/** The day the price list was last looked at, as it is written in the settings. */
function usePriceDate(): string | null {
  const entry = useSettings().data?.find(({ key }) => key === 'costs.table');
  const table = settingSchemas['costs.table'].safeParse(entry?.value);
  return entry && table.success ? table.data.date : null;
}
