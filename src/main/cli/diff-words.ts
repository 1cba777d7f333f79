import { type DiffPart, wordDiff } from '../../shared/word-diff.ts';
import type { Comparison, DiffSide, DiffTotals, NodeDiff, WorkflowDiff } from '../../shared/workflow-diff.ts';
import type { Paint } from './output.ts';
import { count } from './words.ts';

/** Characters of an unchanged stretch that are shown on either side of a change. */
const CONTEXT = 60;
/** Characters of a text that only one side has. */
const MOST_SHOWN = 300;

/** A comparison as a person reads it. Pure. */
export function comparisonText({ before, after, identical, diff }: Comparison, paint: Paint): string {
  const sides = [`${paint('red', '-')} ${sideText(before)}`, `${paint('green', '+')} ${sideText(after)}`];
  if (identical) return [...sides, 'Alike, byte for byte.'].join('\n');
  if (isEmpty(diff)) return [...sides, 'No difference that matters: only layout.'].join('\n');
  const severalTabs = new Set(diff.nodes.map(({ tab }) => tab)).size > 1;
  return [
    ...sides,
    '',
    ...diff.file.map(({ name, before: was, after: is }) => `${name}: ${was ?? 'none'} → ${is ?? 'none'}`),
    ...diff.tabs.removed.map((name) => paint('red', `- tab ${clean(name)}`)),
    ...diff.tabs.added.map((name) => paint('green', `+ tab ${clean(name)}`)),
    ...diff.nodes.flatMap((node) => nodeLines(node, severalTabs, paint)),
    ...(diff.left === 0 ? [] : [`and ${count(diff.left, 'node')} more`]),
    summary(diff.totals),
  ].join('\n');
}

const isEmpty = ({ nodes, left, tabs, file }: WorkflowDiff): boolean =>
  nodes.length + left + tabs.added.length + tabs.removed.length + file.length === 0;

const sideText = ({ label, path, at }: DiffSide): string =>
  [label, at === null ? null : new Date(at).toLocaleString('sv-SE'), path].filter(Boolean).join('  ');

function nodeLines(node: NodeDiff, withTab: boolean, paint: Paint): string[] {
  const [sign, style] = ({ added: ['+', 'green'], removed: ['-', 'red'], changed: ['~', 'yellow'] } as const)[
    node.change
  ];
  const title = clean(node.title).trim();
  const name = title === '' ? `node ${node.nodeId}` : `${title} (${node.nodeId})`;
  const place = [withTab ? clean(node.tab) : '', node.kind].filter(Boolean).join(', ');
  const head = `${paint(style, `${sign} ${name}`)}  ${paint('dim', place)}`;
  const prompts = node.prompts.map((change) => `${change.name}: ${promptText(change, paint)}`);
  // Of a node that only one side has, its texts say what it is.
  const rest = node.change === 'changed' ? restLines(node) : [];
  return [head, ...[...prompts, ...rest].map((line) => indented(line))];
}

const indented = (line: string): string => `    ${line.replaceAll('\n', '\n      ')}`;

function restLines({ references, settings, picks, cache, wiring }: NodeDiff): string[] {
  const arrow = (was: string | null, is: string | null) => `${clean(was ?? 'none')} → ${clean(is ?? 'none')}`;
  return [
    ...references.map(
      ({ name, before, after }) => `reference ${name}: ${arrow(shortened(before), shortened(after))}`,
    ),
    ...settings.map(({ name, before, after }) => `${name}: ${arrow(before, after)}`),
    ...picks.map(
      ({ row, before, after }) => `pick of row ${row}: ${arrow(candidate(before), candidate(after))}`,
    ),
    ...(cache === null ? [] : [cacheText(cache)]),
    ...wiring.map(({ name, before, after }) => `slot ${name}: ${arrow(before, after)}`),
  ];
}

const candidate = (n: number | null): string | null => (n === null ? null : `candidate ${n}`);

/** A picture in the text itself may be of any length. */
const shortened = (text: string | null): string | null =>
  text === null || text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;

function cacheText({ before, after }: NonNullable<NodeDiff['cache']>): string {
  const [was, is] = [before, after].map((urls) => urls.filter((url) => url !== null).length);
  if (was !== is) return `cached output: ${was} → ${is}`;
  const others = after.filter((url, at) => url !== null && url !== before[at]).length;
  return `cached output: ${others} of ${is} are others`;
}

/** Words that changed are coloured; without colours they are marked as `[-old-]` and `{+new+}`. */
function promptText({ before, after }: NodeDiff['prompts'][number], paint: Paint): string {
  const parts = wordDiff(clean(before ?? ''), clean(after ?? ''));
  const alone = before === null || after === null;
  return parts
    .map((part, at) => {
      if (part.kind === 'same') return folded(part.text, at > 0, at < parts.length - 1);
      return marked(alone ? { ...part, text: shortened(part.text) ?? '' } : part, parts[at + 1], paint);
    })
    .join('');
}

function marked({ kind, text }: DiffPart, next: DiffPart | undefined, paint: Paint): string {
  const [open, close, style] =
    kind === 'removed' ? (['[-', '-]', 'red'] as const) : (['{+', '+}', 'green'] as const);
  const word = text.trimEnd();
  const space = text.slice(word.length);
  const bare = word === '' ? text : word;
  const painted = paint(style, bare);
  const shown = painted === bare ? `${open}${bare}${close}` : painted;
  // The space behind a word that was replaced stands behind the new one.
  return word === '' || next?.kind === 'added' ? shown : shown + space;
}

/** The ends of an unchanged stretch that are beside a change. */
function folded(text: string, changeBefore: boolean, changeAfter: boolean): string {
  const room = CONTEXT * (Number(changeBefore) + Number(changeAfter));
  if (text.length <= room + CONTEXT) return text;
  const start = changeBefore ? text.slice(0, CONTEXT) : '';
  const end = changeAfter ? text.slice(-CONTEXT) : '';
  return `${start}…${end}`;
}

/** Without what would move the cursor of a terminal. */
const clean = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, ' ');

/** `3 nodes changed, 1 added: 2 with other prompts, 1 rewired.` */
function summary({ added, removed, changed, ...sums }: DiffTotals): string {
  const nodes = [
    ...(changed === 0 ? [] : [`${count(changed, 'node')} changed`]),
    ...(added === 0 ? [] : [`${count(added, 'node')} added`]),
    ...(removed === 0 ? [] : [`${count(removed, 'node')} removed`]),
  ].join(', ');
  const kinds = [
    ['prompts', sums.prompts],
    ['references', sums.references],
    ['settings', sums.settings],
    ['picks', sums.picks],
    ['cached output', sums.cache],
    ['wiring', sums.wiring],
  ] as const;
  const parts = kinds.filter(([, sum]) => sum > 0).map(([what, sum]) => `${what} of ${sum}`);
  if (nodes === '') return 'No node is different.';
  return `${nodes}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`;
}
