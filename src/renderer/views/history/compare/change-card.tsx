import { Minus, Plus } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import type { NodeDiff } from '../../../../shared/workflow-diff.ts';
import { Button } from '../../../components/button.tsx';
import { changeName, promptName, referenceName, valueWords } from './change-words.ts';
import { outputPairs, outputWords } from './output-change.ts';
import { PicturePairs } from './picture-pairs.tsx';
import { PromptChange } from './prompt-change.tsx';

type ChangeCardProps = {
  node: NodeDiff;
  /** Workflow files of the two sides: relative addresses start there. */
  beside: readonly string[];
  /** Outputs are shown as pictures, too. */
  showOutputs: boolean;
  onShowOutputs: (show: boolean) => void;
  /** The way to the node in its run; null where there is none. */
  onShowNode: (() => void) | null;
};

/** Everything that is different in one node. */
export function ChangeCard({ node, beside, showOutputs, onShowOutputs, onShowNode }: ChangeCardProps) {
  const heading = useId();
  const { prompts, references, settings, picks, cache, wiring } = node;
  const hasLists = [prompts, references, settings, picks, wiring].some((list) => list.length > 0);
  return (
    <div className="flex flex-col gap-2 border-line border-t px-1 pt-3 pb-2">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 id={heading} className="min-w-0 break-words font-semibold">
          {changeName(node)}
        </h3>
        {node.change !== 'changed' && <ChangeMark change={node.change} />}
        <span className="text-muted text-xs">{node.kind}</span>
        {onShowNode && (
          <Button size="sm" variant="ghost" className="ml-auto" onClick={onShowNode}>
            Show in the run
          </Button>
        )}
      </header>
      {!hasLists && cache === null && node.change === 'changed' && (
        <p className="text-muted">It differs in what is not told here.</p>
      )}
      <dl className="flex min-w-0 flex-col gap-2">
        {prompts.map(({ name, before, after }) => (
          <Part key={name} label={promptName(name)}>
            <PromptChange before={before} after={after} />
          </Part>
        ))}
        {references.length > 0 && (
          <Part label={references.length === 1 ? 'Reference' : 'References'}>
            <PicturePairs
              showAddresses
              beside={beside}
              pairs={references.map(({ name, before, after }) => ({
                key: name,
                label: referenceName(name),
                before,
                after,
              }))}
            />
          </Part>
        )}
        {settings.length > 0 && (
          <Part label={settings.length === 1 ? 'Setting' : 'Settings'}>
            <Values values={settings} />
          </Part>
        )}
        {picks.length > 0 && (
          <Part label={picks.length === 1 ? 'Pick' : 'Picks'}>
            <ul>
              {picks.map(({ row, before, after }) => (
                <li key={row}>
                  row {row}: {pickWords(before)} → {pickWords(after)}
                </li>
              ))}
            </ul>
          </Part>
        )}
        {cache !== null && (
          <Part label="Cache">
            <div className="flex flex-col items-start gap-2">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {outputWords(cache)}
                <Button
                  size="sm"
                  aria-expanded={showOutputs}
                  aria-describedby={heading}
                  onClick={() => onShowOutputs(!showOutputs)}
                >
                  {showOutputs ? 'Hide outputs' : 'Show outputs'}
                </Button>
              </p>
              {showOutputs && (
                <PicturePairs
                  beside={beside}
                  pairs={outputPairs(cache).map(({ place, before, after }) => ({
                    key: String(place),
                    label: `output ${place}`,
                    before,
                    after,
                  }))}
                />
              )}
            </div>
          </Part>
        )}
        {wiring.length > 0 && (
          <Part label="Wiring">
            <Values values={wiring} />
          </Part>
        )}
      </dl>
    </div>
  );
}

function ChangeMark({ change }: { change: 'added' | 'removed' }) {
  const [icon, look] = change === 'added' ? [<Plus key="+" />, 'text-good'] : [<Minus key="-" />, 'text-bad'];
  return (
    <span className={`flex items-center gap-1 text-xs [&_svg]:size-3 ${look}`}>
      <span aria-hidden>{icon}</span>
      {change}
    </span>
  );
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-x-3 gap-y-1 @2xl:grid-cols-[7.5rem_minmax(0,1fr)]">
      <dt className="break-words text-muted @2xl:py-1.5">{label}</dt>
      <dd className="min-w-0 @2xl:py-1.5 @2xl:has-[>p]:py-0">{children}</dd>
    </div>
  );
}

type ValuesProps = {
  values: readonly { name: string; before: string | null; after: string | null }[];
};

function Values({ values }: ValuesProps) {
  return (
    <ul className="flex min-w-0 flex-col gap-0.5">
      {values.map(({ name, before, after }) => (
        <li key={`${name} ${before} ${after}`} className="break-words">
          {name}: <Value text={before} /> → <Value text={after} />
        </li>
      ))}
    </ul>
  );
}

function Value({ text }: { text: string | null }) {
  if (text === null) return <span className="text-muted">nothing</span>;
  return <span className="font-mono text-xs">{valueWords(text)}</span>;
}

const pickWords = (candidate: number | null) => (candidate === null ? 'no pick' : `candidate ${candidate}`);
