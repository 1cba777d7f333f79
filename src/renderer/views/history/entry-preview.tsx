import type { Ref } from 'react';
import { ErrorCard } from '../../components/error-card.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { EntryActions, type EntryActionsProps } from './entry-actions.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { EntryNote } from './entry-note.tsx';
import { entryFlags, entryTitle } from './history-words.ts';
import { KindIcon } from './kind-icon.tsx';

type EntryPreviewProps = EntryActionsProps & {
  ref: Ref<HTMLElement>;
  /** Escape: back to the list. */
  onEscape: () => void;
};

/** All that is known of the chosen entry, and what can be done with it. */
export function EntryPreview({ ref, onEscape, ...props }: EntryPreviewProps) {
  const { entry, acts } = props;
  const problem = entry.backup?.problem ?? null;
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={`Details of ${entryTitle(entry)}`}
      onKeyDown={(press) => {
        if (press.key === 'Escape' && !press.defaultPrevented) onEscape();
      }}
      className="flex min-h-0 min-w-0 flex-col gap-4 overflow-y-auto rounded-lg bg-panel p-4"
    >
      <header className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="flex min-w-0 items-center gap-2 font-semibold text-lg">
            <KindIcon kind={entry.kind} />
            <span className="min-w-0 break-words">{entryTitle(entry)}</span>
          </h2>
          {entryFlags(entry).map((flag) => (
            <StateMark key={flag.word} {...flag} />
          ))}
        </div>
        <EntryActions {...props} />
      </header>
      {problem !== null && (
        <ErrorCard
          past
          what={problem}
          cure={
            entry.hasContent
              ? 'Verify repairs it from its other place, where that is sound.'
              : 'Neither the copy on disk nor the database has it whole. Restore an earlier one.'
          }
        />
      )}
      <EntryFacts entry={entry} view={props.view} onSelect={props.onSelect} />
      <EntryNote key={entry.id} entry={entry} onSave={(note) => acts.note(entry, note)} />
    </section>
  );
}
