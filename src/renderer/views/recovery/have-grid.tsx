import { useVirtualizer } from '@tanstack/react-virtual';
import { Clapperboard, Image } from 'lucide-react';
import { useRef } from 'react';
import type { RecoveryNode } from '../../../shared/recovery.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { type HaveRow, type HaveSums, haveCell, places, placeTitles, sceneWords } from './have-rows.ts';
import { nodeStates } from './recovery-words.ts';

/** Height of a row in px; all are alike, so that any number of them can be scrolled through. */
const ROW = 28;

type HaveGridProps = {
  label: string;
  rows: readonly HaveRow[];
  /** A scene's heading names its tab. */
  severalTabs: boolean;
  /** Of all nodes, whatever is shown. */
  sums: HaveSums;
};

/**
 * Nodes × places, with the sums at the bottom. Only rows in sight are built; a screen reader is told their real number.
 * Scrolls with the arrow keys, Page keys, Home and End once it has the focus.
 */
export function HaveGrid({ label, rows, severalTabs, sums }: HaveGridProps) {
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <section
      ref={box}
      aria-label={label}
      {...keyboardScroll}
      className="-outline-offset-2 min-h-0 flex-1 overflow-y-auto"
    >
      <table aria-rowcount={rows.length + 2} className="w-full table-fixed border-separate border-spacing-0">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <Head className="w-auto">Node</Head>
            {places.map((place) => (
              <Head key={place} className="w-17 xl:w-22">
                {placeTitles[place]}
              </Head>
            ))}
            <Head className="w-52 xl:w-72">State</Head>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} />}
          {shown.map(({ index, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <tr key={key} aria-rowindex={index + 2} className="h-7">
                {row.kind === 'scene' ? (
                  <SceneCells row={row} severalTabs={severalTabs} />
                ) : (
                  <NodeCells node={row.node} />
                )}
              </tr>
            );
          })}
          {below > 0 && <Gap height={below} />}
        </tbody>
        <tfoot>
          <tr aria-rowindex={rows.length + 2}>
            <Sum>All nodes</Sum>
            {places.map((place) => (
              <Sum key={place}>
                {sums[place]}/{sums.wanted}
              </Sum>
            ))}
            <Sum>{sums.generations === 0 ? 'nothing to generate' : `${sums.generations} to generate`}</Sum>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** A box that scrolls must be reachable with the keyboard, although nothing in it can be operated (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };

type CellProps = { className?: string; children: React.ReactNode };

const Head = ({ className, children }: CellProps) => (
  <th
    scope="col"
    className={`sticky top-0 z-10 h-7 border-line border-b bg-panel px-2 text-left font-normal text-muted text-xs ${className}`}
  >
    {children}
  </th>
);

const Sum = ({ children }: CellProps) => (
  <td className="sticky bottom-0 z-10 h-8 truncate border-line border-t bg-panel px-2 font-medium">
    {children}
  </td>
);

/** In the place of the rows that are not built. */
const Gap = ({ height }: { height: number }) => (
  <tr aria-hidden style={{ height }}>
    <td />
  </tr>
);

function SceneCells({
  row,
  severalTabs,
}: {
  row: Extract<HaveRow, { kind: 'scene' }>;
  severalTabs: boolean;
}) {
  return (
    <>
      <th scope="colgroup" colSpan={places.length + 1} className="truncate px-2 text-left font-medium">
        {severalTabs && `${row.tab} · `}Scene {row.scene}
      </th>
      <td className="truncate px-2 text-muted text-xs" title={sceneWords(row)}>
        {sceneWords(row)}
      </td>
    </>
  );
}

function NodeCells({ node }: { node: RecoveryNode }) {
  const Kind = node.kind === 'image' ? Image : Clapperboard;
  const { mark, word } = nodeStates[node.state];
  const words = node.note === null ? word : `${word}: ${node.note}`;
  return (
    <>
      <th scope="row" className="pr-2 pl-4 text-left font-normal">
        <span className="flex min-w-0 items-center gap-2" title={`${node.title}, node ${node.nodeId}`}>
          <Kind
            aria-label={node.kind === 'image' ? 'image' : 'clip'}
            className="size-4 shrink-0 text-muted"
          />
          <span className="truncate">
            {node.title} <span className="text-muted">{node.nodeId}</span>
          </span>
        </span>
      </th>
      {places.map((place) => {
        const cell = haveCell(node, place);
        return (
          <td key={place} className="px-2" title={cell.words}>
            <StateMark mark={cell.mark} word={cell.text} />
          </td>
        );
      })}
      <td className="px-2" title={words}>
        <StateMark mark={mark} word={words} className="max-w-full" />
      </td>
    </>
  );
}
