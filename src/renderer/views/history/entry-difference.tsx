import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { useRested } from '../../state/use-rested.ts';
import { useRestorePreview } from '../../wire/queries.ts';
import { isTheFileNow } from './history-words.ts';
import { comparedWords } from './restore-words.ts';

/** Arrow keys run through the list; the entry one rests on is read, those one passes are not. */
const REST_MS = 200;

/** How an entry that can be put back stands beside the file as it is now, in one line. */
export function EntryDifference({ entry, view }: { entry: HistoryEntry; view: HistoryView }) {
  const isNow = isTheFileNow(entry, view);
  const isRested = useRested(entry.id, REST_MS) === entry.id;
  const { data, error } = useRestorePreview(
    view.path,
    entry.id,
    view.live?.sha256 ?? null,
    isRested && !isNow,
  );
  if (isNow) return 'nothing: it is the file now';
  if (error !== null) return <StateMark mark="failed" word={error.failure.message} />;
  if (data === undefined) return <span className="text-muted">looking…</span>;
  return data.problem ?? comparedWords(data);
}
