import type { PromptSource } from '../../../shared/prompts.ts';
import { wordDiff } from '../../../shared/word-diff.ts';
import { Button } from '../../components/button.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { useRun } from '../../wire/queries.ts';
import { sourceTitle } from './prompt-edits.ts';
import { nodeName } from './run-words.ts';

type SourceFieldProps = {
  runId: string;
  source: PromptSource;
  text: string;
  onType: (text: string) => void;
};

/** One text of the file, as it is being typed, with what it is to other nodes and what has changed. */
export function SourceField({ runId, source, text, onType }: SourceFieldProps) {
  const others = useNames(runId, source.alsoUsedBy);
  return (
    <div className="flex flex-col gap-1">
      <TextArea
        label={sourceTitle(source)}
        hint={others === '' ? undefined : `Also used by ${others}.`}
        error={text.trim() === '' ? 'A prompt cannot be empty.' : undefined}
        value={text}
        onChange={(event) => onType(event.target.value)}
      />
      {text !== source.text && (
        <details>
          <summary className="w-fit rounded-sm text-muted text-xs leading-6 hover:text-ink">
            What changed
          </summary>
          <Diff before={source.text} after={text} />
          <Button size="sm" variant="ghost" className="mt-1" onClick={() => onType(source.text)}>
            Back to the words of the file
          </Button>
        </details>
      )}
    </div>
  );
}

/** Marked by strike and underline, too: never by colour alone. */
function Diff({ before, after }: { before: string; after: string }) {
  const parts = wordDiff(before, after).map((part, place) => ({ ...part, place }));
  return (
    <p className="whitespace-pre-wrap break-words rounded-sm bg-sunken p-2 text-xs">
      {parts.map(({ kind, text, place }) => {
        if (kind === 'removed') {
          return (
            <del key={place} className="text-bad">
              {text}
            </del>
          );
        }
        if (kind === 'added') {
          return (
            <ins key={place} className="text-good">
              {text}
            </ins>
          );
        }
        return <span key={place}>{text}</span>;
      })}
    </p>
  );
}

const MOST_NAMES = 6;

/** Nodes of the run by name: `Scene 4 image, Scene 5 image`. */
export function useNames(runId: string, ids: readonly number[]): string {
  const nodes = useRun(runId).data?.nodes ?? [];
  const names = ids.slice(0, MOST_NAMES).map((id) => {
    const node = nodes.find((each) => each.nodeId === id);
    return node ? nodeName(node) : `node ${id}`;
  });
  const more = ids.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
