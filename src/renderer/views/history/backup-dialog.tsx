import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notifyDone } from '../../components/toaster.tsx';
import { useBackUp } from '../../wire/queries.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { nameOf } from './lineages.ts';

type BackupDialogProps = { path: string; onClose: () => void; onMade: (id: string) => void };

/** A backup that a person asks for; such a one is never thinned. */
export function BackupDialog({ path, onClose, onMade }: BackupDialogProps) {
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const backUp = useBackUp();
  const name = nameOf(path);
  const start = () =>
    backUp.mutate(
      { path, reason: reason.trim() === '' ? 'manual' : reason.trim(), note: note.trim() },
      {
        onSuccess: (made) => {
          notifyDone(`${name} is backed up${made.problem === null ? ' in backups/.' : `. ${made.problem}`}`);
          onMade(made.id);
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Back up ${name}`}
      description="Copies the file as it is now into backups/, and keeps its content in the database. It is never thinned."
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={backUp.isPending} onClick={start}>
            Back up
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!backUp.isPending) start();
        }}
      >
        {backUp.error && <ErrorCard {...failureCard(backUp.error.failure)} />}
        <TextField
          label="Reason"
          hint="A few words; they become part of the copy’s name."
          placeholder="before the client call"
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <TextArea
          label="Note"
          rows={2}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
