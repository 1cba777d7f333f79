import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { ListQuery, WorkflowFilter, WorkflowSort } from './list-rows.ts';

type ListToolsProps = {
  query: ListQuery;
  onChange: (change: Partial<ListQuery>) => void;
  /** Arrow down in the search: on to the list. */
  onDown: () => void;
};

const filters: readonly { value: WorkflowFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'findings', label: 'With findings' },
  { value: 'work', label: 'With work to do' },
];

const sorts: readonly { value: WorkflowSort; label: string }[] = [
  { value: 'name', label: 'By name' },
  { value: 'changed', label: 'Last changed' },
  { value: 'run', label: 'Last run' },
  { value: 'work', label: 'Most to generate' },
  { value: 'findings', label: 'Worst findings' },
];

/** Search, filter and order of the list. */
export function ListTools({ query, onChange, onDown }: ListToolsProps) {
  return (
    <div className="grid shrink-0 grid-cols-2 gap-2 @lg:grid-cols-[minmax(0,1fr)_8.5rem_8.5rem]">
      <TextField
        className="col-span-2 @lg:col-span-1"
        label="Search workflows"
        hideLabel
        type="search"
        placeholder="Search"
        value={query.search}
        onChange={(event) => onChange({ search: event.target.value })}
        onKeyDown={(press) => {
          if (press.key !== 'ArrowDown') return;
          press.preventDefault();
          onDown();
        }}
      />
      <Select
        label="Show"
        hideLabel
        value={query.filter}
        onValueChange={(filter) => onChange({ filter })}
        options={filters}
      />
      <Select
        label="Order"
        hideLabel
        value={query.sort}
        onValueChange={(sort) => onChange({ sort })}
        options={sorts}
      />
    </div>
  );
}
