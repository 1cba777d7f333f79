import {
  type Diagnosis,
  isStillRunning,
  type RecoveryNode,
  type RecoveryNodeState,
  type RecoveryPlan,
} from '../../shared/recovery.ts';
import type { Paint, Style } from './output.ts';
import { count, money, table } from './words.ts';

/** More nodes than that are not listed when there is nothing to say of them. */
const ALL_UP_TO = 40;

/**
 * A diagnosis as a short report: what is the matter, what happened, what there is, what to do and what else could be.
 * `file`: as a person named it, for the command that goes on; null: it goes on by itself. Pure.
 */
export function diagnosisText(diagnosis: Diagnosis, paint: Paint, file: string | null): string {
  const { name, verdict, headline, findings, nodes, plan, alternatives } = diagnosis;
  const parts = [
    `${paint('bold', `${name}: ${verdict}`)}\n${headline}`,
    section('What happened', [
      ...causeLines(diagnosis),
      ...findings.flatMap((one) => findingLines(one, paint)),
    ]),
    nodes.length === 0 ? '' : `${paint('bold', 'What there is')}\n${nodesTable(nodes, paint)}`,
    plan.action === 'none' ? '' : section(`Plan: ${plan.title}`, planLines(plan)),
    verdict === 'complete'
      ? ''
      : section(plan.action === 'none' ? 'What could be done' : 'Instead', alternatives.map(alternativeLine)),
    nextWords(diagnosis, file),
  ];
  return parts.filter((part) => part !== '').join('\n\n');

  function section(title: string, lines: string[]): string {
    return lines.length === 0 ? '' : [paint('bold', title), ...lines.map((line) => `  ${line}`)].join('\n');
  }
}

function causeLines({ run, cause }: Diagnosis): string[] {
  if (run === null && cause === null) return ['Flowdeck knows no run of it.'];
  const which = run === null ? '' : ` (run ${run.runId}, begun ${localTime(run.startedAt)})`;
  const ended = isStillRunning({ run }) ? 'It still runs.' : 'It ended by itself.';
  return [`${cause?.message ?? ended}${which}`];
}

function findingLines(finding: Diagnosis['findings'][number], paint: Paint): string[] {
  const { severity, message, where, cure } = finding;
  const style: Style = severity === 'problem' ? 'red' : 'dim';
  const place = where === null || message.includes(where) ? '' : ` (${where})`;
  return [
    `${paint(style, severity === 'problem' ? '!' : '-')} ${message}${place}`,
    ...(cure === null ? [] : [`  ${cure}`]),
  ];
}

const styles: Partial<Record<RecoveryNodeState, Style>> = {
  done: 'green',
  salvage: 'green',
  reattach: 'green',
  left: 'dim',
  gone: 'red',
  suspicious: 'red',
  parked: 'yellow',
  blocked: 'yellow',
};

/** Where the word of the contract says nothing to a person. */
const stateWords: Partial<Record<RecoveryNodeState, string>> = {
  salvage: 'to be taken',
  reattach: 'with G-Labs',
  stale: 'no longer fits',
  parked: 'fate unknown',
  left: 'not wanted',
};

/** A line for each node, by scene: candidates in the file, in Assets/, in the store and in the journal, of those wanted. */
function nodesTable(nodes: readonly RecoveryNode[], paint: Paint): string {
  const tabs = new Set(nodes.map(({ tab }) => tab)).size;
  const shown = nodes.length <= ALL_UP_TO ? nodes : nodes.filter(({ state }) => state !== 'done');
  const byScene = [...shown].sort((a, b) => a.scene - b.scene || a.tab.localeCompare(b.tab));
  const head = [
    'scene',
    ...(tabs > 1 ? ['tab'] : []),
    'node',
    'cache',
    'file',
    'store',
    'journal',
    'make',
    '',
  ];
  const rows = byScene.map((node) => {
    const of = (n: number) => (n === 0 ? '–' : `${n}/${node.wanted}`);
    return [
      String(node.scene),
      ...(tabs > 1 ? [node.tab] : []),
      `${node.title} (${node.nodeId})`,
      of(node.cache),
      of(node.local),
      of(node.store),
      of(node.journal),
      node.generations === 0 ? '–' : String(node.generations),
      `${stateWords[node.state] ?? node.state}${node.note === null ? '' : `: ${node.note}`}`,
    ];
  });
  const numbers = [0, ...[3, 4, 5, 6, 7].map((column) => column - (tabs > 1 ? 0 : 1))];
  const lines = table([head, ...rows], numbers).split('\n');
  const painted = lines.map((line, at) => {
    const style = at === 0 ? 'dim' : styles[byScene[at - 1]?.state ?? 'missing'];
    return style === undefined ? line : paint(style, line);
  });
  const rest = nodes.length - shown.length;
  return [
    ...painted,
    ...(rest === 0 ? [] : [`and ${count(rest, 'node')} that ${rest === 1 ? 'is' : 'are'} done`]),
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}

const planLines = (plan: RecoveryPlan): string[] => [
  costWords(plan),
  ...plan.steps.map((step, at) => `${at + 1}. ${step}`),
];

/** `11 pictures and 44 clips, about $21.50; 20 candidates saved ($0.80)` */
function costWords({ generations, images, videos, costUSD, saved, savedUSD }: RecoveryPlan): string {
  const made = [images > 0 ? count(images, 'picture') : null, videos > 0 ? count(videos, 'clip') : null];
  const cost =
    generations === 0
      ? 'Nothing is generated'
      : `${made.filter((part) => part !== null).join(' and ')} to make, about ${money(costUSD)}`;
  return saved === 0 ? `${cost}.` : `${cost}; ${count(saved, 'candidate')} saved (${money(savedUSD)}).`;
}

const alternativeLine = (plan: RecoveryPlan): string =>
  `${plan.title}: ${costWords(plan).replace(/^N/, 'n')}`;

function nextWords(diagnosis: Diagnosis, file: string | null): string {
  if (isStillRunning(diagnosis)) return 'Wait until it has ended, or cancel it where it was begun.';
  const { action, steps } = diagnosis.plan;
  // What a person does themselves: start again from the brief, mend the file.
  if (action === 'none') return steps.length === 0 ? 'Nothing is to be done.' : steps.join('\n');
  if (file === null) return takenFirst(diagnosis.nodes);
  return `Go on with: flowdeck recover ${quoted(file)} --apply`;
}

/** A run sets out with all that is not in the file; what the journal has it takes before it orders anything. */
const takenFirst = (nodes: readonly RecoveryNode[]): string =>
  nodes.some(({ journal, salvaged }) => journal > 0 && salvaged > 0)
    ? 'The run begins with what is paid for: its first line counts that among the generations, the last one does not.'
    : '';

const quoted = (file: string): string => (/[^\w./\\:@+-]/.test(file) ? `"${file}"` : file);

/** `2026-05-12 23:14`, in this machine's zone. */
function localTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
