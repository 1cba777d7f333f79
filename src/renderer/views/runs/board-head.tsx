import { cx } from '../../components/cx.ts';
import type { Stage } from './board-layout.ts';
import type { BoardColumns } from './board-row.tsx';
import { columnHeader, gridGroup, gridRow } from './grid-roles.ts';

const titles: Record<Stage, string> = { prompt: 'Prompt', image: 'Image', gate: 'Gate', video: 'Video' };

const LINE = 28;

/** Height of the head in pixels, its lower edge included; with one tab its name is not repeated. */
export const headHeight = (tabs: number): number => (tabs > 1 ? 2 * LINE : LINE) + 1;

type BoardHeadProps = { columns: BoardColumns; tabs: readonly string[]; shown: readonly number[] };

/** The titles of the board's columns; they stay in sight. */
export function BoardHead({ columns, tabs, shown }: BoardHeadProps) {
  const { stages, places, sceneWidth, tabWidth, width } = columns;
  const severalTabs = tabs.length > 1;
  return (
    <div
      {...gridGroup}
      className="sticky top-0 z-20 border-line border-b bg-panel text-muted text-xs"
      style={{ width, height: headHeight(tabs.length) }}
    >
      {severalTabs && (
        <div {...gridRow(1)} className="relative" style={{ height: LINE }}>
          <Corner width={sceneWidth} label="" />
          {shown.map((tab) => (
            <div
              key={tab}
              {...columnHeader(tab * stages.length + 2, stages.length)}
              className={cx(
                'absolute top-0 flex h-full items-center px-2 font-medium text-ink',
                tab > 0 && 'border-line border-l',
              )}
              style={{ left: sceneWidth + tab * tabWidth, width: tabWidth }}
            >
              <span className="sticky left-16 truncate">{tabs[tab]}</span>
            </div>
          ))}
        </div>
      )}
      <div {...gridRow(severalTabs ? 2 : 1)} className="relative" style={{ height: LINE }}>
        <Corner width={sceneWidth} label="Scene" />
        {shown.flatMap((tab) =>
          stages.map((stage, i) => (
            <div
              key={`${tab}.${stage}`}
              {...columnHeader(tab * stages.length + i + 2)}
              className={cx(
                'absolute top-0 flex h-full items-center px-2',
                tab > 0 && i === 0 && 'border-line border-l',
              )}
              style={{ left: sceneWidth + tab * tabWidth + (places[i]?.left ?? 0), width: places[i]?.width }}
            >
              {titles[stage]}
            </div>
          )),
        )}
      </div>
    </div>
  );
}

function Corner({ width, label }: { width: number; label: string }) {
  return (
    <div
      {...columnHeader(1)}
      className="sticky left-0 z-10 flex h-full items-center bg-panel px-2"
      style={{ width }}
    >
      {label === '' ? <span className="sr-only">Tab</span> : label}
    </div>
  );
}
