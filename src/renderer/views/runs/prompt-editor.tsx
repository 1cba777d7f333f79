import { Save } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { PromptSource } from '../../../shared/prompts.ts';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, fileName } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { useWindow } from '../../state/window.ts';
import { usePrompts, useReroll } from '../../wire/queries.ts';
import { SourceField, useNames } from './prompt-editor-field.tsx';
import {
  draftKey,
  editsOf,
  nextOf,
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
  const name = workflowName(path);
  const next = nextOf(name);
  const edits = editsOf(sources, draft);
  const candidates = node.rows * node.perRow;
  const blank = edits.some(({ text }) => text.trim() === '');
  const ready = edits.length > 0 && !blank && !save.isPending && next !== null;

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
        for (const problem of done.problems) notifyError(new Error(problem));
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
      {next === null ? (
        <p role="status">
          {name} names no version that another could follow, so its prompts cannot be edited here. Name the
          file {'{code}-{version}'}, such as XYZG3-V0-1.
        </p>
      ) : (
        <p className="text-muted">
          Saves your words as {next.name}, moves {name} to backups/, and makes{' '}
          {amountWords(node.kind, candidates, unitUSD === null ? null : unitUSD * candidates)}, there. Nothing
          else is made.
        </p>
      )}
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
          Save as {next?.version ?? 'next version'} and re-roll
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

/** `XYZG3-V0-1` of the path of a workflow. */
const workflowName = (path: string): string => fileName(path).replace(/\.nbflow$/i, '');
