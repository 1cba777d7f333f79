import { Pin } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Segmented } from '../../components/segmented.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { KindFilter, TimelineQuery } from './timeline-rows.ts';

type TimelineToolsProps = {
  query: TimelineQuery;
  onChange: (change: Partial<TimelineQuery>) => void;
  /** Arrow down in the search: on to the list. */
  onDown: () => void;
};

const kinds: readonly { value: KindFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'version', label: 'Versions' },
  { value: 'backup', label: 'Backups' },
  { value: 'run', label: 'Runs' },
  { value: 'restore', label: 'Restores' },
];

/** Search and filter of the timeline. */
export function TimelineTools({ query, onChange, onDown }: TimelineToolsProps) {
  const { search, kind, pinnedOnly } = query;
  return (
    <div className="@container flex shrink-0 flex-col gap-2">
      <div className="flex gap-2">
        <TextField
          className="flex-1"
          label="Search the history"
          hideLabel
          type="search"
          placeholder="Search reasons, notes, files"
          value={search}
          onChange={(event) => onChange({ search: event.target.value })}
          onKeyDown={(press) => {
            if (press.key !== 'ArrowDown') return;
            press.preventDefault();
            onDown();
          }}
        />
        <Button
          icon={<Pin aria-hidden className={cx(pinnedOnly && 'fill-current')} />}
          aria-pressed={pinnedOnly}
          className={cx(pinnedOnly && 'border-accent-text text-accent-text')}
          onClick={() => onChange({ pinnedOnly: !pinnedOnly })}
        >
          Pinned
        </Button>
      </div>
      {/* Beside a comparison there is no room for all of them. */}
      <Select
        className="@xs:hidden"
        label="Kind"
        hideLabel
        value={kind}
        onValueChange={(next) => onChange({ kind: next })}
        options={kinds}
      />
      <Segmented
        className="@max-xs:hidden"
        label="Kinds of entries"
        hideLabel
        value={kind}
        onValueChange={(next) => onChange({ kind: next })}
        options={kinds}
      />
    </div>
  );
}
