import { Command } from 'commander';
import { FlowdeckError } from '../../shared/failure.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import type { AddCommand } from './command.ts';
import type { Diagnosis } from './diagnosis.ts';
import { exitCodeOfFailure, exitCodes, worstExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { count } from './words.ts';

/**
 * `flowdeck doctor`: looks at the machine; each finding with its cure. Exit 0 unless something is broken, then the
 * code that a run would end with for it. Starts nothing.
 */
export const addDoctor: AddCommand = (work) =>
  new Command('doctor')
    .description(
      'checks the machine: Node, G-Labs, cloudflared, storage, disk space; each finding with its cure',
    )
    .action((_flags, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const checks = await import('./doctor-checks.ts');
        const found: Diagnosis[] = [];
        const tell = (diagnosis: Diagnosis) => {
          found.push(diagnosis);
          output.record({ type: 'doctor.finding', ...diagnosis });
          output.text(diagnosisText(diagnosis, output));
        };
        tell(checks.checkNode(process.versions.node));
        const opened = await openOrDiagnose(flowdeck);
        if ('check' in opened) tell(opened);
        else {
          tell(checks.checkDataDir(opened.paths.root));
          tell(checks.checkSqlite(opened));
          tell(await checks.checkDiskSpace(opened.paths.root));
          tell(await checks.checkStore(opened));
          for (const diagnosis of await checks.checkGlabs(opened, world.env)) tell(diagnosis);
          const { checkTunnel } = await import('./doctor-tunnel.ts');
          for (const diagnosis of await checkTunnel(opened, world.env)) tell(diagnosis);
        }
        const broken = found.filter((diagnosis) => diagnosis.verdict === 'broken');
        const warnings = found.filter((diagnosis) => diagnosis.verdict === 'warning').length;
        output.record({ type: 'doctor.finished', broken: broken.length, warnings });
        output.text(
          broken.length === 0
            ? `Nothing is broken${warnings > 0 ? `; ${count(warnings, 'thing')} to know` : ''}.`
            : `${count(broken.length, 'thing')} broken.`,
        );
        return worstExitCode(
          broken.map(({ code }) => (code === null ? exitCodes.done : exitCodeOfFailure(code))),
        );
      }),
    );

/** A data folder that cannot be had is a finding, not the end of the doctor. */
async function openOrDiagnose(open: () => Promise<Flowdeck>): Promise<Flowdeck | Diagnosis> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    const { code, message, where, cure } = error.failure;
    return {
      check: 'data folder',
      verdict: 'broken',
      code,
      message: where ? `${message} (${where})` : message,
      cure: cure ?? null,
    };
  }
}

function diagnosisText({ check, verdict, message, cure }: Diagnosis, { paint }: Output): string {
  const marks = {
    good: paint('green', 'good   '),
    warning: paint('yellow', 'warning'),
    broken: paint('red', 'broken '),
  };
  return `${marks[verdict]}  ${check}: ${message}${cure === null ? '' : `\n         cure: ${cure.replaceAll('\n', '\n         ')}`}`;
}
