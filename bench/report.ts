import type { Figure, Finding, Table } from './claim.ts';
import type { Machine } from './machine.ts';

export interface Report {
  /** ISO 8601. */
  at: string;
  commit: string;
  machine: Machine;
  /** Share of the cores' time that went to anybody while each claim was measured (0 to 1), and the load after it. */
  surroundings: Record<string, { busy: number | null; load: number }>;
  findings: Finding[];
}

/** The report for people. Pure. */
export function asMarkdown({ at, commit, machine, surroundings, findings }: Report): string {
  const { cores, processor, memoryGB, platform, node, fsyncMs, load } = machine;
  const loads = [load, ...Object.values(surroundings).map((entry) => entry.load)];
  const quiet = load < cores / 2;
  return [
    '# Measured',
    '',
    `Made by \`npm run bench\` on ${at.slice(0, 16).replace('T', ' ')} UTC at commit ${commit}.`,
    '',
    `Machine: ${cores} cores (${processor}), ${memoryGB} GB, ${platform}, Node ${node}. One synced write of 4 KB takes ${fsyncMs.median.toFixed(2)} ms (p99 ${fsyncMs.p99.toFixed(2)} ms).`,
    '',
    quiet
      ? `Noise: the machine was quiet before the benchmark began (load ${load.toFixed(1)}).`
      : `Noise: the machine was shared and busy (load ${load.toFixed(1)} before the benchmark began, up to ${Math.max(...loads).toFixed(1)} during it, on ${cores} cores): times are too long, by factors, and scatter. Ratios measured side by side and processor times say more than times.`,
    '',
    'Value is the median of the runs; the range is their lowest and highest.',
    '',
    figureTable(findings),
    ...findings.flatMap((finding) => ['', ...details(finding)]),
    '',
  ].join('\n');
}

function figureTable(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ figures }) =>
    figures
      .filter((entry) => entry.aim !== null)
      .map((entry) => [
        entry.what,
        told(entry),
        `≤ ${entry.aim} ${entry.unit}`,
        range(entry),
        verdict(entry),
      ]),
  );
  return tableText({ title: '', columns: ['claim', 'value', 'aim', 'range', 'met'], rows });
}

function details({ title, how, figures, tables, notes }: Finding): string[] {
  const rows = figures.map((entry) => [entry.what, told(entry), range(entry), entry.runs]);
  return [
    `## ${title}`,
    '',
    how,
    '',
    tableText({ title: '', columns: ['figure', 'value', 'range', 'runs'], rows }),
    ...tables.flatMap((table) => ['', `${table.title}:`, '', tableText(table)]),
    ...(notes.length > 0 ? [''] : []),
    ...notes.map((note) => `- ${note}`),
  ];
}

const verdict = ({ value, aim }: Figure): string => (aim === null ? '' : value <= aim ? 'yes' : 'no');
const told = ({ value, unit }: Figure): string => `${digits(value)} ${unit}`;
const range = ({ min, max }: Figure): string => `${digits(min)} to ${digits(max)}`;

/** Enough digits to compare, none that only scatter. */
function digits(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function tableText({ columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
