import { wordDiff } from '../../../../shared/word-diff.ts';
import type { Comparison, NodeDiff } from '../../../../shared/workflow-diff.ts';
import { fileWords, totalsWords } from './change-kinds.ts';
import { foldWords } from './fold-words.ts';
import { outputWords } from './output-change.ts';

/** A comparison as plain text, for a message or a note. What went stands in [-…-], what came in {+…+}. Pure. */
export function comparisonText(comparison: Comparison, nodes: readonly NodeDiff[]): string {
  const { before, after, identical, diff } = comparison;
  const sum = totalsWords(diff.totals);
  return [
    `${before.label} → ${after.label}`,
    identical ? 'Alike, byte for byte.' : (sum ?? 'No difference that matters: only layout.'),
    ...fileWords(diff),
    ...nodes.map(nodeText),
    ...(diff.left > 0 ? [`${diff.left} more nodes differ.`] : []),
  ].join('\n\n');
}

function nodeText(node: NodeDiff): string {
  const value = (text: string | null) => text ?? 'nothing';
  const pair = ({ name, before, after }: { name: string; before: string | null; after: string | null }) =>
    `  ${name}: ${value(before)} → ${value(after)}`;
  const state = node.change === 'changed' ? '' : `, ${node.change}`;
  return [
    `${node.tab} · ${node.title} (${node.nodeId})${state}`,
    ...node.prompts.map(({ name, before, after }) => `  ${name}: ${wordsText(before ?? '', after ?? '')}`),
    ...node.references.map(pair),
    ...node.settings.map(pair),
    ...node.picks.map(
      ({ row, before, after }) => `  row ${row}: pick ${before ?? 'none'} → ${after ?? 'none'}`,
    ),
    ...(node.cache === null ? [] : [`  ${outputWords(node.cache)}`]),
    ...node.wiring.map(pair),
  ].join('\n');
}

function wordsText(before: string, after: string): string {
  return foldWords(wordDiff(before, after))
    .map((piece) => {
      const end = /\s*$/.exec(piece.text)?.[0] ?? '';
      const text = piece.text.slice(0, piece.text.length - end.length);
      if (piece.kind === 'removed') return `[-${text}-]${end}`;
      if (piece.kind === 'added') return `{+${text}+}${end}`;
      return piece.kind === 'folded' ? `… ${piece.words} words … ` : piece.text;
    })
    .join('');
}
