import { useEffect, useRef, useState } from 'react';
import type { HistoryEntry } from '../../../shared/history.ts';
import { TextArea } from '../../components/text-area.tsx';

type EntryNoteProps = {
  entry: HistoryEntry;
  /** Resolves to whether it was written. */
  onSave: (note: string) => Promise<boolean>;
};

/** The note of an entry, written where it is read. It is kept when one leaves it, also by way of another screen. */
export function EntryNote({ entry, onSave }: EntryNoteProps) {
  /** Null: nothing was typed since it was kept. */
  const [draft, setDraft] = useState<string | null>(null);
  const pending = useRef<(() => void) | null>(null);
  const save = () => {
    if (draft === null) return;
    if (draft.trim() === entry.note) return setDraft(null);
    const own = draft;
    pending.current = null;
    void onSave(own.trim()).then((kept) => {
      // What was typed meanwhile is not thrown away, and neither is what could not be written.
      if (kept) setDraft((now) => (now === own ? null : now));
    });
  };
  useEffect(() => {
    pending.current = draft === null || draft.trim() === entry.note ? null : () => void onSave(draft.trim());
  });
  useEffect(() => () => pending.current?.(), []);
  return (
    <TextArea
      label="Note"
      rows={2}
      maxLength={2000}
      placeholder="What is worth knowing about it"
      hint={draft !== null && draft.trim() !== entry.note ? 'Kept when you leave the field.' : undefined}
      value={draft ?? entry.note}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={save}
    />
  );
}
