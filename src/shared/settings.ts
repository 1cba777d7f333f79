import { z } from 'zod';

/**
 * Every setting: default, bounds, meaning (settings.md). The settings file, the settings screen, docs/settings.md
 * and the checks are made from this schema; nothing else knows a default.
 */

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

const Consumer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('env-file'), path: z.string().min(1), key: z.string().min(1) }),
  z.object({ kind: z.literal('json-file'), path: z.string().min(1), pointer: z.string().startsWith('/') }),
  z.object({ kind: z.literal('text-file'), path: z.string().min(1), pattern: z.string().min(1) }),
  z.object({ kind: z.literal('webhook'), url }),
]);

const Store = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local'), root: z.string().min(1).optional(), publicBaseUrl: url.optional() }),
  z.object({
    kind: z.literal('s3'),
    endpoint: url,
    bucket: z.string().min(1),
    region: z.string().min(1).default('auto'),
    publicBaseUrl: url,
    accessKeyId: z.string().min(1),
    prefix: z.string().default(''),
    pathStyle: z.boolean().default(true),
  }),
  z.object({
    kind: z.literal('endpoint'),
    url,
    fileField: z.string().min(1).default('file'),
    pathField: z.string().min(1).default('path'),
    headers: z.record(z.string(), z.string()).default({}),
    urlPointer: z.string().startsWith('/').default('/url'),
  }),
]);
export type StoreSettings = z.infer<typeof Store>;

const Price = z.object({ model: z.string().min(1), unit: z.enum(['image', 'clip']), usd: z.number().min(0) });

/** Prices drift: the date says when they were last looked at, and the table is a person's to edit. */
const defaultPrices = {
  date: '2026-11-01',
  prices: [
    { model: 'nano_banana_2', unit: 'image' as const, usd: 0.04 },
    { model: 'nano_banana_2_lite', unit: 'image' as const, usd: 0.02 },
    { model: 'nano_banana_pro', unit: 'image' as const, usd: 0.13 },
    { model: 'veo_31_lite', unit: 'clip' as const, usd: 0.2 },
    { model: 'veo_31_fast', unit: 'clip' as const, usd: 0.4 },
    { model: 'veo_31_quality', unit: 'clip' as const, usd: 1.6 },
  ],
};

/** Keys are dotted, as `flowdeck config` takes them; each schema carries its default and its meaning. */
export const settingSchemas = {
  'glabs.url': url.default('http://127.0.0.1:8765').describe('Where G-Labs listens.'),
  'glabs.healthPaths': z
    .array(z.string().startsWith('/'))
    .min(1)
    .default(['/api/health', '/health'])
    .describe('Health paths, tried in order.'),
  'glabs.authHeader': z
    .string()
    .min(1)
    .default('X-API-Key')
    .describe('Name of the header that carries the key.'),
  'glabs.command': z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Program that starts G-Labs, without a shell. Empty: only adopt, and the demo while nothing points to a G-Labs of yours. "demo": the built-in simulator.',
    ),
  'glabs.args': z.array(z.string()).default([]).describe('Arguments of that program.'),
  'glabs.cwd': z.string().min(1).nullable().default(null).describe('Working folder of that program.'),
  'glabs.env': z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment variables added for that program.'),
  'glabs.startupTimeoutS': z
    .number()
    .min(1)
    .max(3600)
    .default(60)
    .describe('Seconds G-Labs may take to become ready.'),
  'tunnel.mode': z
    .enum(['quick', 'named', 'url', 'none'])
    .default('quick')
    .describe(
      'quick: a new address at each start. named: with a token. url: an address of your own. none: no tunnel.',
    ),
  'tunnel.cloudflared': z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Path of cloudflared. Empty: looked for.'),
  'tunnel.publicUrl': url.nullable().default(null).describe('Public address, for the modes named and url.'),
  'tunnel.probeOrigin': url
    .nullable()
    .default(null)
    .describe('Where to send probes of the public address instead; its name goes in the Host header.'),
  'tunnel.consumers': z
    .array(Consumer)
    .default([])
    .describe('Who is told the address of the tunnel when it changes.'),
  'services.onQuit': z
    .enum(['stop', 'keep'])
    .default('stop')
    .describe(
      'stop: what Flowdeck started ends with it. keep: what it starts from then on runs on, and the next start takes it up; its output goes to logs/services as it is printed.',
    ),
  'storage.default': z.string().min(1).default('local').describe('Store that runs use.'),
  'storage.stores': z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), Store)
    .default({ local: { kind: 'local' } })
    .describe('Stores by name: local, s3 or endpoint.'),
  'review.kind': z
    .enum(['none', 'person', 'openai', 'anthropic', 'gemini'])
    .default('none')
    .describe('Who looks at the pictures.'),
  'review.baseUrl': url
    .nullable()
    .default(null)
    .describe('Address of the reviewing model. Empty: the usual one.'),
  'review.model': z.string().min(1).nullable().default(null).describe('Name of the reviewing model.'),
  'review.attempts': z.number().int().min(0).max(10).default(3).describe('Re-rolls of a flagged picture.'),
  'review.inFlight': z.number().int().min(1).max(10).default(2).describe('Reviews at once.'),
  'review.reroll': z
    .enum(['flagged', 'node'])
    .default('flagged')
    .describe('What is re-rolled: the flagged, or the node.'),
  'runner.concurrency': z.number().int().min(1).max(5).default(3).describe('Nodes in flight.'),
  'runner.maxTasks': z.number().int().min(1).max(10).default(10).describe('Tasks at the backend at once.'),
  'runner.pollMs': z
    .number()
    .int()
    .min(1)
    .max(600_000)
    .default(3000)
    .describe('Milliseconds between two looks at a task.'),
  'runner.imageTimeoutS': z
    .number()
    .positive()
    .max(86_400)
    .default(300)
    .describe('Seconds an image may take.'),
  'runner.videoTimeoutS': z
    .number()
    .positive()
    .max(86_400)
    .default(1200)
    .describe('Seconds a clip may take.'),
  'runner.waitForBackendS': z
    .number()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('Seconds a run waits for a backend that went away.'),
  'runner.retries': z.number().int().min(0).max(10).default(3).describe('Retries of one candidate.'),
  'runner.quotaPauseS': z
    .number()
    .positive()
    .max(3600)
    .default(30)
    .describe('Seconds of the first pause after a quota answer; doubles.'),
  'runner.videoModel': z
    .string()
    .min(1)
    .default('veo_31_fast')
    .describe('Video model when a node names none.'),
  'runner.server': z
    .union([z.enum(['local', 'tunnel']), url])
    .default('local')
    .describe('local: G-Labs directly. tunnel: through the public address. Or an address.'),
  'recovery.onStart': z
    .enum(['tell', 'resume'])
    .default('tell')
    .describe('What to do with a run that was interrupted: tell a person, or go on with it by itself.'),
  'workflow.fields': z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe('More property names per concept, for other editors.'),
  'projects.roots': z.array(z.string().min(1)).default([]).describe('Folders watched for workflows.'),
  'history.retention': z
    .object({
      latest: z.number().int().min(1).default(50),
      daily: z.number().int().min(0).default(30),
      weekly: z.number().int().min(0).default(26),
    })
    .default({ latest: 50, daily: 30, weekly: 26 })
    .describe('How many automatic backups are kept.'),
  'costs.table': z
    .object({ date: z.string(), prices: z.array(Price) })
    .default(defaultPrices)
    .describe('Price per image and per clip in US dollars, by model, with the date of the list.'),
  'ui.theme': z.enum(['system', 'dark', 'light']).default('system').describe('Colours of the window.'),
} as const;

export type SettingKey = keyof typeof settingSchemas;
export type Settings = { [K in SettingKey]: z.output<(typeof settingSchemas)[K]> };

export const settingKeys = Object.keys(settingSchemas) as SettingKey[];

/** Secrets are never settings; these names are what `config set-secret` takes (settings.md). */
export const secretPattern =
  /^(glabs\.apiKey|review\.apiKey|tunnel\.token|storage\.[a-z][a-z0-9-]{0,30}\.secretAccessKey)$/;
