import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { wordDiff } from '../../shared/word-diff.ts';
import type { Comparison, DiffRef, NodeDiff } from '../../shared/workflow-diff.ts';
import type { History } from '../app/history/history-api.ts';
import { errorCode } from '../platform/error-code.ts';
import type { AddCommand } from './command.ts';
import { comparisonText } from './diff-words.ts';
import { exitCodes } from './exit-codes.ts';

/** `flowdeck diff`: what is different between any two of files, versions, backups and runs (behaviour.md §9). */
export const addDiff: AddCommand = (work) =>
  new Command('diff')
    .description(
      'what is different between two: each a file, the id of a line of the history (its beginning will do), a version such as V0-1 beside a file, or RUNID:input or RUNID:output of a run',
    )
    .argument('<before>', 'the earlier one')
    .argument('<after>', 'the later one')
    .action((before: string, after: string, _flags: object, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const [from, to] = await Promise.all([refOf(before, world.cwd), refOf(after, world.cwd)]);
        const { history } = await flowdeck();
        const comparison = await history.compare(
          await versionOf(from, to, history),
          await versionOf(to, from, history),
        );
        if (output.json) for (const line of linesOf(comparison)) output.record(line);
        output.text(comparisonText(comparison, output.paint));
        return exitCodes.done;
      }),
    );

/** What is meant: a file that is there wins over an id. */
async function refOf(text: string, cwd: string): Promise<DiffRef> {
  const path = resolve(cwd, text);
  if (await isThere(path)) return { of: 'file', path };
  const run = /^(?<runId>.{1,100}):(?<side>input|output)$/.exec(text)?.groups;
  if (run?.runId !== undefined) {
    return { of: 'run', runId: run.runId, side: run.side === 'input' ? 'input' : 'output' };
  }
  // A copy that is gone from the disk may be in the database, under the place where it lay.
  const looksLikePath = /[/\\]|\.nbflow(?:$|\.)/i.test(text);
  return { of: 'entry', id: looksLikePath ? path : text };
}

/** `V0-1` beside a file is the version of that workflow. */
async function versionOf(ref: DiffRef, beside: DiffRef, history: Pick<History, 'list'>): Promise<DiffRef> {
  if (ref.of !== 'entry' || beside.of !== 'file' || !/^v\d/i.test(ref.id)) return ref;
  const { entries } = await history.list(beside.path);
  const meant = ref.id.toUpperCase();
  const found = entries.find(({ kind, version }) => kind === 'version' && version?.toUpperCase() === meant);
  return found === undefined ? ref : { of: 'entry', id: found.id };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // What cannot be looked at is told when it is read.
    return !['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error));
  }
}

function* linesOf({ before, after, identical, diff }: Comparison) {
  for (const node of diff.nodes) yield { type: 'diff.node', ...node, prompts: node.prompts.map(withWords) };
  const { totals, left, tabs, file } = diff;
  yield { type: 'diff.finished', identical, before, after, ...totals, left, tabs, file };
}

const withWords = (prompt: NodeDiff['prompts'][number]) => ({
  ...prompt,
  words: wordDiff(prompt.before ?? '', prompt.after ?? ''),
});
