import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { counted } from '../../components/format.ts';
import { TextField } from '../../components/text-field.tsx';
import { notifyDone } from '../../components/toaster.tsx';
import { useAddRoot, useSettings, useWorkflows } from '../../wire/queries.ts';

type FoldersDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Which folders are watched, and one more. */
export function FoldersDialog({ open, onOpenChange }: FoldersDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Folders"
      description="Files ending in .nbflow are looked for in these folders and all below them, and watched."
    >
      <div className="flex flex-col gap-4">
        <WatchedFolders />
        <AddFolder onAdded={() => onOpenChange(false)} />
      </div>
    </Dialog>
  );
}

function WatchedFolders() {
  const { roots, workflows } = useWorkflows().data ?? { roots: [], workflows: [] };
  if (roots.length === 0) return <p className="text-muted">No folder is watched yet.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {roots.map((root) => (
        <li key={root} className="flex items-baseline gap-4">
          <span className="min-w-0 flex-1 break-all">{root}</span>
          <span className="shrink-0 text-muted">
            {counted(workflows.filter((workflow) => workflow.root === root).length, 'workflow')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The field for one more folder; what is wrong with it stands below it. */
export function AddFolder({ onAdded }: { onAdded?: () => void }) {
  const [path, setPath] = useState('');
  const add = useAddRoot();
  const own = useSettings().data?.find((entry) => entry.key === 'projects.roots')?.value;
  const isFirst = Array.isArray(own) && own.length === 0;
  const refusal = add.error?.failure;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = path.trim();
    if (asked === '' || add.isPending) return;
    add.mutate(
      { path: asked },
      {
        onSuccess: () => {
          notifyDone(`${asked} is watched now.`);
          setPath('');
          onAdded?.();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex w-full items-start gap-2 text-left">
      <TextField
        label="Add a folder"
        placeholder="/home/you/projects"
        value={path}
        onChange={(event) => {
          setPath(event.target.value);
          add.reset();
        }}
        error={refusal && [refusal.message, refusal.cure].filter(Boolean).join(' ')}
        hint={
          isFirst
            ? 'Its whole path, on the machine Flowdeck runs on. The sample project leaves the list when you add the first folder of your own.'
            : 'Its whole path, on the machine Flowdeck runs on. Generations, backups and hidden folders are passed over.'
        }
        className="flex-1"
      />
      <Button type="submit" busy={add.isPending} disabled={path.trim() === ''} className="mt-5">
        Add
      </Button>
    </form>
  );
}
