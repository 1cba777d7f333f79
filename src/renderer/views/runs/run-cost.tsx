import { Popover } from 'radix-ui';
import type { RunSummary } from '../../../shared/run-view.ts';
import { type Settings, settingSchemas } from '../../../shared/settings.ts';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { counted } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Money } from '../../components/money.tsx';
import { useWindow } from '../../state/window.ts';
import { useRun, useSettings } from '../../wire/queries.ts';
import { type CostPiece, costDifference, costPieces } from './run-costs.ts';

/** What a run cost so far of what was planned, and what it saved; a click tells the pieces. */
export function RunCost({ run }: { run: RunSummary }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="-outline-offset-2 flex h-6 shrink-0 items-center gap-x-3 rounded-sm px-1 hover:bg-hover">
        <span className={run.demo ? 'text-muted' : undefined}>
          {run.demo && 'demo, not paid: '}
          <Money usd={run.costUSD} /> <span className="text-muted">of</span>{' '}
          <Money usd={run.plan.costUSD} estimate />
        </span>
        {run.savedUSD > 0 && (
          <span className="text-muted">
            cache saved <Money usd={run.savedUSD} />
          </span>
        )}
        <span className="sr-only">What it is made of</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={`Cost of ${run.name}`}
          className="z-40 flex w-120 max-w-[calc(100vw-16px)] flex-col gap-3 rounded-lg border border-line bg-raised p-4 shadow-lift"
        >
          <Pieces run={run} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Pieces({ run }: { run: RunSummary }) {
  const settings = useSettings();
  const nodes = useRun(run.runId).data?.nodes ?? [];
  const go = useWindow((state) => state.go);
  return (
    <Loaded query={settings} waiting="Reading the prices">
      {(entries) => {
        const table = priceTable(entries.find((entry) => entry.key === 'costs.table')?.value);
        const pieces = costPieces(nodes, table);
        const now = costDifference(pieces, run);
        return (
          <>
            {run.demo && <p>This is the demo: nothing is real, and nothing is paid.</p>}
            {pieces.length === 0 ? (
              <p className="text-muted">Nothing was asked of G-Labs so far, and nothing reused.</p>
            ) : (
              <PieceTable run={run} pieces={pieces} />
            )}
            {pieces.length > 0 && now !== null && (
              <p className="text-muted">
                At the prices of today these pieces come to <Money usd={now} />. The run counts at the prices
                of its own day, and does not count tasks that an earlier run has paid for.
              </p>
            )}
            {pieces.some((piece) => !piece.known) && (
              <p className="text-muted">
                * Not in the price table: counted as the dearest of its kind. Put it into the table to know
                better.
              </p>
            )}
            <p className="flex items-center justify-between gap-4 text-muted text-xs">
              Prices as of {table.date}.
              <button
                type="button"
                className="h-6 rounded-sm text-accent-text hover:underline"
                onClick={() => go('settings')}
              >
                Edit the price table
              </button>
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

/** The setting as its schema has it; the main side sends no other, and its default is better than a blank. */
function priceTable(value: unknown): Settings['costs.table'] {
  const parsed = settingSchemas['costs.table'].safeParse(value);
  return parsed.success ? parsed.data : settingSchemas['costs.table'].parse(undefined);
}

function PieceTable({ run, pieces }: { run: RunSummary; pieces: readonly CostPiece[] }) {
  return (
    <Table caption={`Cost of ${run.name} by model`}>
      <thead>
        <tr>
          <Th>Model</Th>
          <Th numeric>Each</Th>
          <Th numeric>Made</Th>
          <Th numeric>Cost</Th>
          <Th numeric>Reused</Th>
          <Th numeric>Saved</Th>
        </tr>
      </thead>
      <tbody>
        {pieces.map((piece) => (
          <tr key={`${piece.kind} ${piece.model}`}>
            <Td className="break-all">{piece.model}</Td>
            <Td numeric className="text-muted">
              <Money usd={piece.unitUSD} />
              {!piece.known && '*'}
            </Td>
            <Td numeric>{counted(piece.paid, piece.kind === 'image' ? 'image' : 'clip')}</Td>
            <Td numeric>
              <Money usd={piece.paidUSD} />
            </Td>
            <Td numeric className="text-muted">
              {piece.reused === 0 ? '–' : piece.reused}
            </Td>
            <Td numeric className="text-muted">
              {piece.reused === 0 ? '–' : <Money usd={piece.savedUSD} />}
            </Td>
          </tr>
        ))}
      </tbody>
      <tfoot className="border-line border-t font-medium">
        <tr>
          <Td>Counted by the run</Td>
          <Td />
          <Td />
          <Td numeric>
            <Money usd={run.costUSD} />
          </Td>
          <Td />
          <Td numeric>
            <Money usd={run.savedUSD} />
          </Td>
        </tr>
        <tr className="text-muted">
          <Td>Planned</Td>
          <Td />
          <Td numeric>{counted(run.plan.generations, 'candidate')}</Td>
          <Td numeric>
            <Money usd={run.plan.costUSD} estimate />
          </Td>
          <Td />
          <Td />
        </tr>
      </tfoot>
    </Table>
  );
}
