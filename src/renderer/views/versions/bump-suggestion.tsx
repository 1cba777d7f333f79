import { X } from 'lucide-react';
import { create } from 'zustand';
import { Button, IconButton } from '../../components/button.tsx';
import { useVersionDialog } from '../../state/version-dialog.ts';
import { useBumpAdvice } from '../../wire/queries.ts';
import { adviceWords } from './version-words.ts';

interface DismissedState {
  /** The state of the file a person closed the suggestion at, by path. */
  at: Readonly<Record<string, string>>;
  dismiss: (path: string, state: string) => void;
}

/** Suggestions that were closed; another state of the file may bring one again. As long as the window. */
const useDismissed = create<DismissedState>()((set) => ({
  at: {},
  dismiss: (path, state) => set(({ at }) => ({ at: { ...at, [path]: state } })),
}));

type BumpSuggestionProps = {
  path: string;
  /** What the file is now, in any words: when it changed. */
  fileState: string;
};

/** Says that the next version is due, quietly; nothing where it is not, or was closed at this state of the file. */
export function BumpSuggestion({ path, fileState }: BumpSuggestionProps) {
  const { data: advice } = useBumpAdvice(path);
  const isDismissed = useDismissed((state) => state.at[path] === fileState);
  const dismiss = useDismissed((state) => state.dismiss);
  const open = useVersionDialog((state) => state.open);
  if (!advice?.suggested || isDismissed) return null;
  return (
    <div role="status" className="flex items-center gap-2 rounded-md bg-accent-soft py-1 pr-1 pl-3">
      <p className="min-w-0 flex-1">{adviceWords(advice)}</p>
      <Button size="sm" onClick={() => open(path, 'bump')}>
        Make it {advice.to}…
      </Button>
      <IconButton
        size="sm"
        label="Not for this change"
        icon={<X aria-hidden />}
        onClick={() => dismiss(path, fileState)}
      />
    </div>
  );
}
