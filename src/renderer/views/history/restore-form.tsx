import type { RestorePreview } from '../../../shared/history.ts';
import { Segmented } from '../../components/segmented.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type RestoreChoice, wipeReason } from './restore-words.ts';

type RestoreFormProps = {
  preview: RestorePreview;
  choice: RestoreChoice;
  onWipe: (wipe: boolean) => void;
  onCopy: (copy: boolean) => void;
  /** The path of the copy, chosen or suggested. */
  copyTo: string;
  onCopyTo: (path: string) => void;
};

/** What is put back, and where. */
export function RestoreForm({ preview, choice, onWipe, onCopy, copyTo, onCopyTo }: RestoreFormProps) {
  const reason = wipeReason(preview);
  const isCopy = choice.copyTo !== null;
  return (
    <div className="flex flex-col gap-3">
      {preview.unreadable === null ? (
        <div className="flex flex-col gap-1">
          <Segmented
            label="Output that was made"
            value={choice.wipe ? 'wiped' : 'with-cache'}
            onValueChange={(value) => onWipe(value === 'wiped')}
            options={[
              { value: 'with-cache', label: 'With its cache' },
              { value: 'wiped', label: 'Cache wiped' },
            ]}
          />
          {reason !== null && (
            <p className="flex items-start gap-2 text-xs">
              <StateMark mark="needs-you" word="wiping suggested" hideWord className="mt-0.5" />
              {reason}
            </p>
          )}
        </div>
      ) : (
        <p className="flex items-start gap-2">
          <StateMark mark="needs-you" word="not readable as a workflow" hideWord className="mt-1" />
          <span className="min-w-0 break-words">
            Its bytes are whole, but Flowdeck cannot read it as a workflow ({preview.unreadable}) It is put
            back as it is.
          </span>
        </p>
      )}
      <Segmented
        label="Where"
        value={isCopy ? 'copy' : 'in-place'}
        onValueChange={(value) => onCopy(value === 'copy')}
        options={[
          { value: 'in-place', label: 'In place of the file' },
          { value: 'copy', label: 'As a copy' },
        ]}
      />
      {isCopy && (
        <TextField
          label="Path of the copy"
          hint="Nothing may be there yet."
          value={copyTo}
          onChange={(event) => onCopyTo(event.target.value)}
        />
      )}
    </div>
  );
}
