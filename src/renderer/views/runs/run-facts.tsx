import type { RunOptions } from '../../../shared/domain.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts, Table, Td, Th } from '../../components/data-table.tsx';
import { counted, exactTime, fileName } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { useRunOptions } from '../../wire/queries.ts';
import { isUnrecorded, madeIn, optionFacts } from './run-record.ts';
import { PanelPart } from './side-panel.tsx';

/** What was planned, and what was done. */
export function PlanAndDone({ run, nodes }: { run: RunSummary; nodes: readonly RunNodeView[] }) {
  const { plan, counts } = run;
  if (isUnrecorded(run, nodes)) return <PlanAlone run={run} />;
  const made = madeIn(nodes);
  const lines = [
    ['Images', plan.images, made.images],
    ['Clips', plan.videos, made.videos],
    ['Requests', plan.generations, counts.submitted],
    ['Nodes cached', plan.cached, counts.cached],
  ] as const;
  return (
    <PanelPart title="Plan and outcome">
      <Table caption="What was planned, and what was done">
        <thead>
          <tr>
            <Th>What</Th>
            <Th numeric>Planned</Th>
            <Th numeric>{run.finishedAt === null ? 'So far' : 'Done'}</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map(([name, planned, done]) => (
            <tr key={name}>
              <Td className="h-6 text-muted">{name}</Td>
              <Td numeric className="h-6">
                {planned}
              </Td>
              <Td numeric className="h-6">
                {done}
              </Td>
            </tr>
          ))}
          <tr>
            <Td className="h-6 text-muted">Cost</Td>
            <Td numeric className="h-6">
              <Money usd={plan.costUSD} estimate />
            </Td>
            <Td numeric className="h-6">
              {run.demo && 'demo, '}
              <Money usd={run.costUSD} />
            </Td>
          </tr>
        </tbody>
      </Table>
      <p className="text-muted">{otherCounts(run)}</p>
    </PanelPart>
  );
}

/** Nothing is said of what was done where nobody could write it down: zeros would be untrue. */
function PlanAlone({ run: { plan, status } }: { run: RunSummary }) {
  return (
    <PanelPart title="Plan">
      <p>
        {counted(plan.images, 'image')}, {counted(plan.videos, 'clip')}, {plan.cached} cached,{' '}
        <Money usd={plan.costUSD} estimate />
      </p>
      <p className="text-muted">
        {status === 'interrupted'
          ? 'Its program could not write down how far it came. What was asked of G-Labs is in the journal, and the next run goes on from there.'
          : 'How far it came is seen in the Flowdeck that runs it.'}
      </p>
    </PanelPart>
  );
}

/** Nodes and single requests that are worth a word. */
function otherCounts({ counts, savedUSD }: RunSummary): string {
  const words = [
    `${counted(counts.nodes, 'node')}: ${counts.generated} generated, ${counts.failed} failed, ${counts.skipped} skipped`,
    ...(counts.held > 0 ? [`${counts.held} held`] : []),
    ...(counts.reattached > 0 ? [`${counts.reattached} re-attached`] : []),
    ...(counts.adopted > 0 ? [`${counts.adopted} adopted`] : []),
    ...(counts.salvaged > 0 ? [`${counts.salvaged} salvaged`] : []),
    ...(counts.uploaded > 0 ? [`${counts.uploaded} uploaded`] : []),
    ...(counts.lost > 0 ? [`${counts.lost} lost, which may have been paid for`] : []),
    ...(savedUSD > 0 ? [`the cache saved $${savedUSD.toFixed(2)}`] : []),
  ];
  return `${words.join(', ')}.`;
}

/** Where and how it ran. */
export function HowItRan({ run }: { run: RunSummary }) {
  const options = useRunOptions(run.runId).data ?? null;
  return (
    <PanelPart title="How it ran">
      <Facts>
        <Fact name="Workflow">
          <span className="flex items-start gap-1">
            <span className="min-w-0 break-words" title={run.workflow}>
              {fileName(run.workflow)}
            </span>
            <CopyButton text={run.workflow} what="path of the workflow" />
          </span>
        </Fact>
        <Fact name="G-Labs">{run.demo ? `demo simulator, ${run.server}` : run.server}</Fact>
        <Fact name="Mode">{run.mode}</Fact>
        <Fact name="At once">{counted(run.concurrency, 'node')}</Fact>
        <Fact name="Began">{exactTime(run.startedAt)}</Fact>
        {run.finishedAt !== null && <Fact name="Ended">{exactTime(run.finishedAt)}</Fact>}
        {options && <Options options={options} />}
      </Facts>
    </PanelPart>
  );
}

const Options = ({ options }: { options: RunOptions }) =>
  optionFacts(options).map(({ name, value }) => (
    <Fact key={name} name={name}>
      {value}
    </Fact>
  ));
