import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { FaultRule, parseFaultRule } from './faults.ts';

/** Ways in which other builds of G-Labs differ (glabs-api.md A0, A9). docs/simulator.md explains each. */
export const variants = ['health-path', 'multi-file', 'sync', 'whole-prompts', 'no-stop'] as const;
export const Variant = z.enum(variants);
export type Variant = z.infer<typeof Variant>;

/** Everything that can be set about a simulator, with its defaults and bounds. Times are milliseconds. */
export const SimulatorOptions = z.strictObject({
  port: z.number().int().min(0).max(65535).default(8765),
  host: z.string().min(1).default('127.0.0.1'),
  /** Null: another one each time it is started. */
  seed: z.number().int().min(0).max(0xffffffff).nullable().default(null),
  latency: z.number().min(0).max(3_600_000).default(2500),
  /** Null: four times `latency`. */
  videoLatency: z.number().min(0).max(3_600_000).nullable().default(null),
  latencySpread: z.number().min(0).max(1).default(0.3),
  /** Null or empty: any key and none is accepted. */
  key: z.string().nullable().default(null),
  slots: z.number().int().min(1).max(1000).default(5),
  retain: z.number().int().min(1).max(100_000).default(200),
  variants: z.array(Variant).default([]),
  faults: z.array(FaultRule).default([]),
  /** Smallest files that decode, each with bytes of its own: for benchmarks. */
  tiny: z.boolean().default(false),
  /** Ends when standard input closes. */
  exitWithParent: z.boolean().default(false),
});
export type SimulatorOptions = z.infer<typeof SimulatorOptions>;
export type SimulatorSettings = z.input<typeof SimulatorOptions>;

/**
 * The command with its options, for the simulator's own process and for `flowdeck simulate`, which passes them through.
 * Values are checked while parsing; `readOptions` turns what commander gives into SimulatorOptions.
 */
export function simulatorCommand(): Command {
  return new Command('simulate')
    .description('A G-Labs that speaks the real wire format. Nothing is real, nothing is paid.')
    .option('--port <n>', 'port to answer on, 0 for a free one', wholeNumber, 8765)
    .option('--host <address>', 'address to bind', '127.0.0.1')
    .option('--seed <n>', 'same seed, same pictures; default: another one each time', wholeNumber)
    .option('--latency <ms>', 'mean time an image takes', decimal, 2500)
    .option('--video-latency <ms>', 'mean time a video takes; default: four times --latency', decimal)
    .option('--latency-spread <0..1>', 'how much the times vary', decimal, 0.3)
    .addOption(
      new Option('--key <key>', 'API key to insist on; default: any is accepted').env('GLABS_SIM_KEY'),
    )
    .option('--slots <n>', 'tasks that are worked on at once', wholeNumber, 5)
    .option('--retain <n>', 'finished tasks that are remembered', wholeNumber, 200)
    .option('--variant <name>', `a build that differs: ${variants.join(', ')}; repeatable`, variant, [])
    .option('--multi-file', 'same as --variant multi-file')
    .option('--sync', 'same as --variant sync')
    .option('--no-short-prompts', 'same as --variant whole-prompts')
    .option('--fault <rule>', 'a fault, for example task-429,prompt=Scene 03,next=2; repeatable', fault, [])
    .option('--tiny', 'smallest files that decode, for benchmarks')
    .option('--exit-with-parent', 'end when standard input closes');
}

/** What commander parsed as SimulatorOptions. Throws a zod error for what is out of bounds. */
export function readOptions(values: Record<string, unknown>): SimulatorOptions {
  const { variant: named, fault: faults, multiFile, sync, shortPrompts, ...rest } = values;
  const chosen = new Set(z.array(Variant).parse(named ?? []));
  if (multiFile === true) chosen.add('multi-file');
  if (sync === true) chosen.add('sync');
  if (shortPrompts === false) chosen.add('whole-prompts');
  return SimulatorOptions.parse({ ...rest, variants: [...chosen], faults });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}

function decimal(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It has to be a number, not negative.');
  return Number(text);
}

function variant(text: string, before: Variant[]): Variant[] {
  const parsed = Variant.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`Known are ${variants.join(', ')}.`);
  return [...before, parsed.data];
}

function fault(text: string, before: FaultRule[]): FaultRule[] {
  try {
    return [...before, parseFaultRule(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
