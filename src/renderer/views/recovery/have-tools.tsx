import type { RecoveryNodeState } from '../../../shared/recovery.ts';
import { cx } from '../../components/cx.ts';
import type { Marked } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type HaveFilter, haveFilters } from './have-rows.ts';
import { nodeStates } from './recovery-words.ts';

const titles: Record<HaveFilter, string> = {
  all: 'All',
  problems: 'Problems',
  generate: 'To generate',
  taken: 'To be taken',
};

type HaveToolsProps = {
  counts: Record<HaveFilter, number>;
  filter: HaveFilter;
  onFilter: (filter: HaveFilter) => void;
  search: string;
  onSearch: (search: string) => void;
  /** States that occur: what is not there needs no legend. */
  states: ReadonlySet<RecoveryNodeState>;
};

/** Which nodes are shown, and what their marks mean. */
export function HaveTools({ counts, filter, onFilter, search, onSearch, states }: HaveToolsProps) {
  return (
    <div className="flex shrink-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <fieldset className="flex shrink-0 gap-0.5 rounded-md bg-sunken p-0.5">
          <legend className="sr-only">Nodes to show</legend>
          {haveFilters.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === filter}
              onClick={() => onFilter(each)}
              className={cx(
                'h-6 rounded-sm px-2 hover:bg-hover',
                each === filter ? 'bg-hover font-medium' : counts[each] === 0 && 'text-muted',
              )}
            >
              {titles[each]} {counts[each]}
            </button>
          ))}
        </fieldset>
        <TextField
          label="Search nodes"
          hideLabel
          type="search"
          placeholder="Scene, title or node"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          className="w-44"
        />
      </div>
      <Legend states={states} />
    </div>
  );
}

const cells: readonly Marked[] = [
  { mark: 'done', word: 'all' },
  { mark: 'working', word: 'some' },
  { mark: 'skipped', word: 'none' },
  { mark: 'failed', word: 'gone or wrong' },
];

function Legend({ states }: { states: ReadonlySet<RecoveryNodeState> }) {
  const shown = (Object.keys(nodeStates) as RecoveryNodeState[]).filter((state) => states.has(state));
  return (
    <dl aria-label="Legend" className="flex flex-wrap gap-x-6 gap-y-0.5 text-xs">
      <LegendPart title="In each place" marks={cells} />
      <LegendPart title="State" marks={shown.map((state) => nodeStates[state])} />
    </dl>
  );
}

const LegendPart = ({ title, marks }: { title: string; marks: readonly Marked[] }) => (
  <div className="flex gap-x-3">
    <dt className="shrink-0 text-muted">{title}</dt>
    <dd className="flex flex-wrap gap-x-3">
      {marks.map((each) => (
        <StateMark key={each.word} {...each} />
      ))}
    </dd>
  </div>
);
