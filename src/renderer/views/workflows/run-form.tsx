import type { GateMode, Plan, RunMode } from '../../../shared/domain.ts';
import { counted } from '../../components/format.ts';
import { Segmented } from '../../components/segmented.tsx';
import { Switch } from '../../components/switch.tsx';
import { TextField } from '../../components/text-field.tsx';
import { DEMO_WORDS } from '../../frame/demo-label.tsx';
import { useSettings } from '../../wire/queries.ts';
import { wiped } from './plan-rows.ts';
import type { RunChoices } from './run-choices.ts';
import { isServer, isWholePath, type RunTarget } from './run-target.ts';

type RunFormProps = {
  choices: RunChoices;
  onChange: (change: Partial<RunChoices>) => void;
  /** The plan for these choices, once it is there. */
  plan: Plan | undefined;
  target: RunTarget | null;
};

const modes: readonly { value: RunMode; label: string }[] = [
  { value: 'full', label: 'Full' },
  { value: 'images', label: 'Images' },
  { value: 'clean', label: 'Clean' },
];

const gateModes: readonly { value: GateMode; label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'hold', label: 'Hold' },
];

const gateWords: Record<GateMode, string> = {
  auto: 'Without your pick the first candidate is taken.',
  hold: 'Without your pick the run waits there.',
};

const concurrencies = ['1', '2', '3', '4', '5'].map((value) => ({ value, label: value }));

/** The options of a run (cli.md). */
export function RunForm({ choices, onChange, plan, target }: RunFormProps) {
  return (
    <div className="flex flex-col gap-3 pb-2">
      <Segmented
        label="Mode"
        value={choices.mode}
        onValueChange={(mode) => onChange({ mode })}
        options={modes}
        hint={modeWords(choices.mode, plan)}
      />
      <Segmented
        label="Gates"
        value={choices.gates}
        onValueChange={(gates) => onChange({ gates })}
        options={gateModes}
        hint={gateWords[choices.gates]}
      />
      <Segmented
        label="Concurrency (nodes in flight)"
        value={String(choices.concurrency)}
        onValueChange={(nodes) => onChange({ concurrency: Number(nodes) })}
        options={concurrencies}
      />
      <ReviewSwitch checked={choices.review} onChange={(review) => onChange({ review })} />
      <div className="flex flex-col gap-1">
        <TextField
          label="Server"
          type="url"
          placeholder={target?.supervised || choices.server === '' ? target?.url : ''}
          value={choices.server}
          onChange={(event) => onChange({ server: event.target.value })}
          error={isServer(choices.server) ? undefined : 'Give an http or https address, or leave it empty.'}
          hint={serverWords(choices.server, target)}
        />
        {target?.demo && <p className="text-attn text-xs">{DEMO_WORDS}</p>}
      </div>
      <TextField
        label="Reference image (optional)"
        placeholder="/folder/avatar.png"
        value={choices.refImage}
        onChange={(event) => onChange({ refImage: event.target.value })}
        error={isWholePath(choices.refImage) ? undefined : 'Give the whole path, from the top of the disk.'}
        hint="For image nodes without any reference."
      />
    </div>
  );
}

function modeWords(mode: RunMode, plan: Plan | undefined): string {
  if (mode === 'full') return 'Makes what is missing or stale.';
  if (mode === 'images') return 'Makes images; clips are left for later.';
  const backup =
    'The file is backed up first. Prompts and references stay; a pick goes when its picture is replaced.';
  if (!plan) return `Wipes the output this file remembers, then makes all of it anew. ${backup}`;
  const { nodes, candidates } = wiped(plan);
  return nodes === 0
    ? 'There is no output to wipe: the same as a full run.'
    : `Wipes the output of ${counted(nodes, 'node')} (${counted(candidates, 'image or clip', 'images and clips')}), then makes all of it anew. ${backup}`;
}

function serverWords(typed: string, target: RunTarget | null): string {
  if (!target) return 'Looking for G-Labs…';
  if (target.supervised) return 'The G-Labs of the control room.';
  const from = typed.trim() === '' ? ' It is the setting runner.server.' : '';
  return `Goes to ${target.url}, which is asked when the run starts.${from}`;
}

function ReviewSwitch({ checked, onChange }: { checked: boolean; onChange: (on: boolean) => void }) {
  const settings = useSettings().data;
  const kind = settings?.find((entry) => entry.key === 'review.kind')?.value;
  const nobody = kind === undefined || kind === 'none';
  return (
    <Switch
      label="Visual review"
      checked={checked && !nobody}
      disabled={nobody}
      onCheckedChange={onChange}
      hint={
        nobody
          ? 'Off: nobody is set to review (review.kind).'
          : 'Every image is looked at; a flagged one is made again.'
      }
    />
  );
}
