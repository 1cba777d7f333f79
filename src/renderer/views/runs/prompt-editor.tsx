import { Save } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { PromptSource } from '../../../shared/prompts.ts';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, fileName } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { useWindow } from '../../state/window.ts';
import { usePrompts, useReroll, useRun } from '../../wire/queries.ts';
import { wordDiff } from './prompt-diff.ts';
import {
  draftKey,
  editsOf,
  type PromptDraft,
  sourceTitle,
  staleWith,
  textOf,
  typed,
  usePromptDrafts,
} from './prompt-edits.ts';
import { sayRerolled } from './reroll-action.ts';
import { amountWords } from './reroll-words.ts';
import { nodeName } from './run-words.ts';

type PromptEditorProps = {
  runId: string;
  /** The workflow file. */
  path: string;
  node: RunNodeView;
  /** US dollars for one candidate, where that is known. */
  unitUSD: number | null;
  onClose: () => void;
};

const empty: PromptDraft = {};

/** The texts a node's prompt is made of, to be changed in the next version of the file and made with at once. */
export function PromptEditor(props: PromptEditorProps) {
  const prompts = usePrompts(props.path, props.node.nodeId);
  return (
    <Loaded query={prompts} waiting="Reading the prompts">
      {(sources) => <Form {...props} sources={sources} />}
    </Loaded>
  );
}

function Form({
  runId,
  path,
  node,
  unitUSD,
  onClose,
  sources,
}: PromptEditorProps & { sources: PromptSource[] }) {
  const key = draftKey(path, node.nodeId);
  const draft = usePromptDrafts((state) => state.drafts[key]) ?? empty;
  const { setDraft } = usePromptDrafts.getState();
  const save = useReroll();
  const form = useRef<HTMLFormElement>(null);
  const edits = editsOf(sources, draft);
  const blank = edits.some(({ text }) => text.trim() === '');
  const ready = edits.length > 0 && !blank && !save.isPending;
  const name = workflowName(path);

  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    form.current?.querySelector('textarea')?.focus();
    return () => {
      isOpen.current = false;
    };
  }, []);

  const submit = () => {
    if (!ready) return;
    save.mutateAsync({ runId, targets: [{ nodeId: node.nodeId }], edits }).then(
      (done) => {
        setDraft(key, empty);
        if (!isOpen.current || done.runId === null) sayRerolled(done, runId, nodeName(node));
        if (!isOpen.current) return;
        onClose();
        if (done.runId === null) return;
        notifyDone(`Saved as ${workflowName(done.path)}. ${nodeName(node)} is made again.`);
        useWindow.getState().openRun(done.runId);
      },
      (error) => {
        // While the editor is open the card in it shows this.
        if (!isOpen.current) notifyError(error);
      },
    );
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (press.key === 'Enter' && (press.ctrlKey || press.metaKey)) {
      press.preventDefault();
      submit();
    }
    if (press.key === 'Escape') {
      press.preventDefault();
      onClose();
    }
  };

  if (sources.length === 0) return <p className="text-muted">This node has no prompt that can be edited.</p>;
  return (
    <form
      ref={form}
      {...{ onKeyDown }}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="flex flex-col gap-4"
    >
      {sources.map((source) => (
        <SourceField
          key={sourceTitle(source)}
          runId={runId}
          source={source}
          text={textOf(source, draft)}
          onType={(text) => setDraft(key, typed(draft, source, text))}
        />
      ))}
      <p className="text-muted">
        Saves your words in the next version of {name}, moves {name} to backups/, and makes{' '}
        {amountWords(
          node.kind,
          node.rows * node.perRow,
          unitUSD === null ? null : unitUSD * node.rows * node.perRow,
        )}{' '}
        anew there. Nothing else is made.
      </p>
      <Stale runId={runId} ids={staleWith(sources, draft)} />
      {save.error && (
        <ErrorCard
          what={save.error.failure.message}
          why={save.error.failure.where}
          cure={save.error.failure.cure}
        />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          variant="primary"
          icon={<Save aria-hidden />}
          busy={save.isPending}
          disabled={!ready}
        >
          Save as next version and re-roll
        </Button>
        <Button onClick={onClose}>Close</Button>
        <span className="text-muted text-xs">
          {edits.length === 0 ? (
            'Nothing is changed yet.'
          ) : blank ? (
            'A prompt cannot be empty.'
          ) : (
            <Kbd shortcut="mod+enter" />
          )}
        </span>
      </div>
    </form>
  );
}

type SourceFieldProps = {
  runId: string;
  source: PromptSource;
  text: string;
  onType: (text: string) => void;
};

function SourceField({ runId, source, text, onType }: SourceFieldProps) {
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

function Stale({ runId, ids }: { runId: string; ids: readonly number[] }) {
  const names = useNames(runId, ids);
  if (ids.length === 0) return null;
  return (
    <p role="status">
      {counted(ids.length, 'other node')} {ids.length === 1 ? 'uses' : 'use'} words you changed: {names}. What{' '}
      {ids.length === 1 ? 'it has' : 'they have'} stays, and counts as stale in the next plan.
    </p>
  );
}

const MOST_NAMES = 6;

/** Nodes of the run by name: `Scene 4 image, Scene 5 image`. */
function useNames(runId: string, ids: readonly number[]): string {
  const nodes = useRun(runId).data?.nodes ?? [];
  const names = ids.slice(0, MOST_NAMES).map((id) => {
    const node = nodes.find((each) => each.nodeId === id);
    return node ? nodeName(node) : `node ${id}`;
  });
  const more = ids.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** `XYZG3-V0-1` of the path of a workflow. */
const workflowName = (path: string): string => fileName(path).replace(/\.nbflow$/i, '');
