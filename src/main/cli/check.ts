import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Finding } from '../../shared/domain.ts';
import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Runner } from '../runner/runner-api.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfFailure, exitCodes, worstExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { count } from './words.ts';

/** `flowdeck check FILE… [--fix]`: the sanity check (behaviour.md §3). */
export const addCheck: AddCommand = (work) =>
  new Command('check')
    .description('the sanity check of a workflow, or of several')
    .argument('<file...>', 'workflow files (.nbflow)')
    .option('--fix', 'repair what is safely repairable, after a backup, and say what was changed')
    .action((files: string[], flags: { fix?: boolean }, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { runner } = await flowdeck();
        const failures: { file: string; failure: Failure }[] = [];
        const codes: number[] = [];
        for (const file of files) {
          try {
            codes.push(
              await checkOne(runner, resolve(world.cwd, file), flags.fix === true, output, files.length > 1),
            );
          } catch (error) {
            const failure = toFailure(error);
            // A fault of ours is not the file's: the caller logs it and says where.
            if (failure.code === 'internal' || files.length === 1) throw error;
            failures.push({ file, failure });
            codes.push(exitCodeOfFailure(failure.code));
          }
        }
        for (const { file, failure } of failures) output.failure(failure, { file: resolve(world.cwd, file) });
        return worstExitCode(codes);
      }),
    );

async function checkOne(
  runner: Runner,
  path: string,
  fix: boolean,
  output: Output,
  several: boolean,
): Promise<number> {
  const repaired = fix ? await runner.fix(path) : { fixed: [], backup: null, backupId: null, problem: null };
  const findings = await runner.check(path);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const file = several ? { file: path } : {};

  if (several) output.text(output.paint('bold', path));
  for (const finding of repaired.fixed)
    output.text(`${output.paint('green', 'fixed')}    ${oneLine(finding)}`);
  if (repaired.problem !== null) output.note(repaired.problem);
  if (repaired.backupId !== null)
    output.text(`The file as it was: ${repaired.backup ?? `backup ${repaired.backupId}`}`);
  for (const finding of findings) {
    output.record({ type: 'finding', ...finding, ...file });
    output.text(findingText(finding, output));
  }
  output.record({ type: 'check.finished', errors, warnings, fixed: repaired.fixed.length, ...file });
  output.text(closingLine(errors, warnings, findings, fix));
  return errors > 0 ? exitCodes.workflow : exitCodes.done;
}

const placeOf = ({ tab, nodeId, title, where }: Finding): string =>
  nodeId === null ? (tab ?? where) : [tab, `${title ?? 'node'} (${nodeId})`].filter(Boolean).join(' / ');

const oneLine = (finding: Finding): string => `${placeOf(finding)}: ${finding.message}`;

function findingText(finding: Finding, { paint }: Output): string {
  const mark = finding.severity === 'error' ? paint('red', 'error  ') : paint('yellow', 'warning');
  const cure = `${finding.cure}${finding.fixable ? ' (check --fix does it)' : ''}`;
  return `${mark}  ${oneLine(finding)}\n         ${paint('dim', `${finding.where}  ${finding.code}`)}\n         ${cure}`;
}

function closingLine(errors: number, warnings: number, findings: Finding[], fix: boolean): string {
  if (findings.length === 0) return 'Nothing to complain about.';
  const fixable = findings.filter((finding) => finding.fixable).length;
  const hint = fixable > 0 && !fix ? ` ${count(fixable, 'finding')} can be repaired by check --fix.` : '';
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}.${hint}`;
}
