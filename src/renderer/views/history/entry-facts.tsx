import type { ReactNode } from 'react';
import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import { settingSchemas } from '../../../shared/settings.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { bytes, exactTime } from '../../components/format.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { DemoLabel } from '../../frame/demo-label.tsx';
import { useSettings } from '../../wire/queries.ts';
import { EntryDifference } from './entry-difference.tsx';
import { entryTitle, isRestorable, keptWords, type Retention, runState } from './history-words.ts';

type EntryFactsProps = {
  entry: HistoryEntry;
  view: HistoryView;
  onSelect: (id: string) => void;
};

/** What an entry is, where it lies, why it is kept and when it was last proven. */
export function EntryFacts({ entry, view, onSelect }: EntryFactsProps) {
  const retention = useRetention();
  const { name, version, at, reason, path, sha256, size, backup, run, restore, id } = entry;
  const kept = keptWords(entry, retention);
  return (
    <Facts>
      <Fact name="Of">
        {name}
        {version === null && <span className="text-muted">, a name without a version</span>}
      </Fact>
      <Fact name="When">
        <RelativeTime at={at} /> <span className="text-muted">({exactTime(at)})</span>
      </Fact>
      {run !== null && <RunFacts entry={entry} />}
      {restore !== null && <RestoreFacts restore={restore} view={view} onSelect={onSelect} />}
      {backup !== null && (
        <Fact name="Reason">
          <span className="font-mono text-xs">{reason}</span>
        </Fact>
      )}
      {isRestorable(entry) && (
        <Fact name="Different">
          <EntryDifference entry={entry} view={view} />
        </Fact>
      )}
      {path !== null && (
        <Fact name={run === null && restore === null ? 'File' : 'It wrote'}>
          {<Copied text={path} what="path" />}
        </Fact>
      )}
      {backup !== null && !backup.onDisk && (
        <Fact name="Copy">none on disk; the content is in the database</Fact>
      )}
      {size !== null && <Fact name="Size">{bytes(size)}</Fact>}
      {backup?.known === true && <Fact name="Proven">{provenWords(entry)}</Fact>}
      {kept !== null && <Fact name="Kept">{kept}</Fact>}
      {backup?.known === false && (
        <Fact name="Adopt">
          Flowdeck did not make this copy. Adopted, its content is in the database as well, so that it
          survives its file.
        </Fact>
      )}
      {sha256 !== null && (
        <Fact name="SHA-256">
          <Copied text={sha256} what="hash" mono />
        </Fact>
      )}
      {/* A path is told above. */}
      {id !== path && !id.includes('/') && !id.includes('\\') && (
        <Fact name="Id">
          <Copied text={id} what="id" mono />
        </Fact>
      )}
    </Facts>
  );
}

function provenWords({ backup }: HistoryEntry): ReactNode {
  if (backup === null) return null;
  if (backup.problem !== null) return <StateMark mark="failed" word="damaged" />;
  if (backup.provenAt === null) return <span className="text-muted">not yet; Verify does it now</span>;
  return (
    <span className="flex items-center gap-2">
      <StateMark mark="done" word="readable" />
      <RelativeTime at={backup.provenAt} className="text-muted" />
    </span>
  );
}

function RunFacts({ entry }: { entry: HistoryEntry }) {
  return (
    <>
      <Fact name="State">
        <span className="flex items-center gap-3">
          <StateMark {...runState(entry)} />
          {entry.run?.demo && <DemoLabel />}
        </span>
      </Fact>
      {entry.run?.finishedAt != null && (
        <Fact name="Ended">
          <RelativeTime at={entry.run.finishedAt} />
        </Fact>
      )}
    </>
  );
}

type RestoreFactsProps = Pick<EntryFactsProps, 'view' | 'onSelect'> & {
  restore: NonNullable<HistoryEntry['restore']>;
};

function RestoreFacts({ restore, view, onSelect }: RestoreFactsProps) {
  const link = (id: string) => {
    const found = view.entries.find((each) => each.id === id);
    if (found === undefined) return 'no longer in the history';
    return (
      <button
        type="button"
        className="min-h-6 rounded-sm text-left text-accent-text hover:underline"
        onClick={() => onSelect(id)}
      >
        {entryTitle(found)}, {exactTime(found.at)}
      </button>
    );
  };
  return (
    <>
      <Fact name="Put back">{link(restore.backupId)}</Fact>
      <Fact name="Before it">
        {restore.undoBackupId === null ? 'nothing was replaced' : link(restore.undoBackupId)}
      </Fact>
    </>
  );
}

function Copied({ text, what, mono = false }: { text: string; what: string; mono?: boolean }) {
  return (
    <span className="flex items-start gap-1">
      <span className={mono ? 'min-w-0 break-all font-mono text-xs leading-5' : 'min-w-0 break-all'}>
        {text}
      </span>
      <CopyButton text={text} what={what} />
    </span>
  );
}

function useRetention(): Retention | null {
  const value = useSettings().data?.find(({ key }) => key === 'history.retention')?.value;
  return settingSchemas['history.retention'].safeParse(value).data ?? null;
}
