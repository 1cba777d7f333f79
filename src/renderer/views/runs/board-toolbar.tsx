import { PanelRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import type { Mark } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type BoardFilter, boardFilters } from './board-filter.ts';

const titles: Record<BoardFilter, { word: string; mark: Mark | null }> = {
  all: { word: 'All', mark: null },
  'needs-you': { word: 'Needs you', mark: 'needs-you' },
  failed: { word: 'Failed', mark: 'failed' },
  working: { word: 'Working', mark: 'working' },
  done: { word: 'Done', mark: 'done' },
};

type BoardToolbarProps = {
  /** What stands left of the filters. */
  before?: ReactNode;
  counts: Record<BoardFilter, number>;
  filter: BoardFilter;
  onFilter: (filter: BoardFilter) => void;
  search: string;
  onSearch: (search: string) => void;
  /** What stands right of the search. */
  children?: ReactNode;
  /** Shows or hides the side panel; null where it is always there. */
  details: { title: string; open: boolean; toggle: () => void } | null;
};

/** Which nodes are shown, and how. */
export function BoardToolbar(props: BoardToolbarProps) {
  const { before, counts, filter, onFilter, search, onSearch, children, details } = props;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2">
      {before}
      <fieldset className="flex shrink-0 gap-0.5 rounded-md bg-panel p-0.5">
        <legend className="sr-only">Scenes to show</legend>
        {boardFilters.map((each) => {
          const { word, mark } = titles[each];
          const words = each === 'all' ? word : `${word} ${counts[each]}`;
          return (
            <button
              key={each}
              type="button"
              aria-pressed={each === filter}
              onClick={() => onFilter(each)}
              className={cx(
                'flex h-6 min-w-10 items-center justify-center rounded-sm px-2 hover:bg-hover',
                each === filter ? 'bg-hover font-medium' : counts[each] === 0 && 'text-muted',
              )}
            >
              {mark && counts[each] > 0 ? <StateMark mark={mark} word={words} /> : words}
            </button>
          );
        })}
      </fieldset>
      <TextField
        label="Search scenes and titles"
        hideLabel
        type="search"
        placeholder="Search scenes and titles"
        value={search}
        onChange={(event) => onSearch(event.target.value)}
        className="w-48"
      />
      {children}
      {details && (
        <Button
          className={cx('ml-auto', details.open && 'bg-hover')}
          icon={<PanelRight aria-hidden />}
          aria-pressed={details.open}
          onClick={details.toggle}
        >
          {details.title}
        </Button>
      )}
    </div>
  );
}
