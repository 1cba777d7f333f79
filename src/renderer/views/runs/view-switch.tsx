import { Segmented } from '../../components/segmented.tsx';
import { useAction } from '../../state/actions.ts';
import { type RunLook, useRunLook } from '../../state/run-look.ts';

const looks: readonly { value: RunLook; label: string; key: string }[] = [
  { value: 'board', label: 'Board', key: 'b' },
  { value: 'graph', label: 'Graph', key: 'g' },
  { value: 'timeline', label: 'Timeline', key: 't' },
];

/** Chooses how the nodes of a run are shown; also with the keys B, G and T, and from the palette. */
export function ViewSwitch() {
  const { look, show } = useRunLook();
  return (
    <>
      <Segmented
        label="Show the run as"
        hideLabel
        value={look}
        onValueChange={show}
        options={looks}
        className="shrink-0"
      />
      {looks.map(({ value, label, key }) => (
        <LookAction key={value} look={value} title={`Show the ${label.toLowerCase()}`} shortcut={key} />
      ))}
    </>
  );
}

function LookAction({ look, title, shortcut }: { look: RunLook; title: string; shortcut: string }) {
  const { look: shown, show } = useRunLook();
  useAction(
    shown === look ? null : { id: `look-${look}`, title, group: 'Run', shortcut, run: () => show(look) },
  );
  return null;
}
