import type { DiffTotals } from '../../../../shared/workflow-diff.ts';
import { cx } from '../../../components/cx.ts';
import { type ChangeKind, changeKinds, kindLabel } from './change-kinds.ts';

type KindFilterProps = {
  totals: DiffTotals;
  /** None chosen: all are shown. */
  chosen: ReadonlySet<ChangeKind>;
  onChange: (chosen: ReadonlySet<ChangeKind>) => void;
};

/** How many nodes have which kind of change; each is a button that leaves only those. */
export function KindFilter({ totals, chosen, onChange }: KindFilterProps) {
  const toggle = (kind: ChangeKind) => {
    const next = new Set(chosen);
    if (!next.delete(kind)) next.add(kind);
    onChange(next);
  };
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Show nodes with</legend>
      {changeKinds.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={chosen.has(kind)}
          disabled={totals[kind] === 0}
          onClick={() => toggle(kind)}
          className={cx(
            'flex h-6 items-center gap-1.5 rounded-full border px-2.5 text-xs disabled:border-line disabled:text-muted',
            chosen.has(kind)
              ? 'border-accent bg-accent text-accent-ink'
              : 'border-line-strong/60 enabled:hover:bg-hover',
          )}
        >
          {kindLabel(kind)} <span>{totals[kind]}</span>
        </button>
      ))}
    </fieldset>
  );
}
