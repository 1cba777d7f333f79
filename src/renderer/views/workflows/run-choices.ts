import type { SettingEntry } from '../../../shared/contract.ts';
import type { GateMode, RunMode, RunOptions } from '../../../shared/domain.ts';
import { settingSchemas } from '../../../shared/settings.ts';

/** What a person sets in the Run dialog. Texts are as they were typed; empty is: not given. */
export interface RunChoices {
  mode: RunMode;
  gates: GateMode;
  review: boolean;
  concurrency: number;
  server: string;
  refImage: string;
}

/** The dialog as it opens: what the settings say, and otherwise a full run. Pure. */
export function firstChoices(settings: readonly SettingEntry[]): RunChoices {
  const set = settings.find((entry) => entry.key === 'runner.concurrency')?.value;
  const concurrency = settingSchemas['runner.concurrency'].safeParse(set);
  return {
    mode: 'full',
    gates: 'auto',
    review: false,
    concurrency: concurrency.success
      ? concurrency.data
      : settingSchemas['runner.concurrency'].parse(undefined),
    server: '',
    refImage: '',
  };
}

/** The run options these choices mean. Pure. */
export function runOptions(choices: RunChoices): RunOptions {
  const { mode, gates, review, concurrency } = choices;
  const server = choices.server.trim();
  const refImage = choices.refImage.trim();
  return {
    mode,
    gates,
    qa: review ? 'on' : 'off',
    concurrency,
    ...(server && { server }),
    ...(refImage && { refImage }),
  };
}
