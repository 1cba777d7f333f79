import { createHash } from 'node:crypto';
import type { Settings } from '../../../shared/settings.ts';
import type { Consumer } from './consumer.ts';
import type { EditThread } from './edit-thread.ts';
import { createFileConsumer, type FileConsumerDeps } from './file-consumer.ts';
import { createWebhook, type WebhookDeps } from './webhook.ts';

export type ConsumerSetting = Settings['tunnel.consumers'][number];

export interface ConsumerDeps extends Omit<FileConsumerDeps, 'thread'>, WebhookDeps {
  /** Patterns have a thread of their own: one that never ends must not hold up the other files. */
  threads: { values: EditThread; patterns: EditThread };
}

/** The same for the same setting, in every session; and nothing of an address can be read from it. */
export function consumerId(setting: ConsumerSetting): string {
  const fields = Object.entries(setting).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
  return `${setting.kind}-${key}`;
}

export function createConsumer(setting: ConsumerSetting, { threads, ...deps }: ConsumerDeps): Consumer {
  const id = consumerId(setting);
  if (setting.kind === 'webhook') return createWebhook(id, setting.url, deps);
  const { path, ...edit } = setting;
  const thread = edit.kind === 'text-file' ? threads.patterns : threads.values;
  thread.prepare();
  return createFileConsumer(id, path, edit, { ...deps, thread });
}
