import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '../../components/button.tsx';
import { Comparison } from './compare/comparison.tsx';
import type { Pair } from './selection.ts';

type ComparisonPaneProps = { pair: Pair; onEnd: () => void };

/** What is different between two entries, in place of the details of one. */
export function ComparisonPane({ pair, onEnd }: ComparisonPaneProps) {
  const box = useRef<HTMLElement>(null);
  // A button of the details that are gone may have had the focus; who still is in the list stays there.
  useEffect(() => {
    if (document.activeElement === document.body) box.current?.focus();
  }, []);
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label="Two entries compared"
      onKeyDown={(press) => {
        if (press.key === 'Escape' && !press.defaultPrevented) onEnd();
      }}
      className="flex min-h-0 min-w-0 flex-col gap-3 rounded-lg bg-panel p-4 pb-0"
    >
      <div className="flex shrink-0 items-center gap-2">
        <h2 className="min-w-0 flex-1 font-semibold text-lg">What is different</h2>
        <Button icon={<X aria-hidden />} onClick={onEnd}>
          End the comparison
        </Button>
      </div>
      <Comparison before={pair.before} after={pair.after} />
    </section>
  );
}
