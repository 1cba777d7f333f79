import { type Settings, settingSchemas } from '../../../shared/settings.ts';

/** Who is told the address of the tunnel: what each kind is asked for, in words. */

const schema = settingSchemas['tunnel.consumers'];
export type Consumer = Settings['tunnel.consumers'][number];
export type ConsumerKind = Consumer['kind'];

type FieldOf<C> = C extends Consumer ? Exclude<keyof C, 'kind'> : never;
export type ConsumerField = FieldOf<Consumer>;

export interface ConsumerFieldWords {
  field: ConsumerField;
  label: string;
  hint: string;
  /** What is said when it cannot be taken, as an instruction. */
  ask: string;
}

const file: ConsumerFieldWords = {
  field: 'path',
  label: 'File',
  hint: 'The whole path of a file that is there. It is backed up before its first change.',
  ask: 'Write the whole path of the file.',
};

export const consumerFields: Record<ConsumerKind, readonly ConsumerFieldWords[]> = {
  'env-file': [
    file,
    {
      field: 'key',
      label: 'Name',
      hint: 'Such as GLABS_URL. The line GLABS_URL=… gets the address.',
      ask: 'Write the name that stands before the equals sign.',
    },
  ],
  'json-file': [
    file,
    {
      field: 'pointer',
      label: 'Place in the file',
      hint: 'A JSON pointer, such as /glabs/url',
      ask: 'Begin with a slash: /glabs/url.',
    },
  ],
  'text-file': [
    file,
    {
      field: 'pattern',
      label: 'Pattern',
      hint: 'A regular expression. What its first group finds becomes the address: server: (.*)',
      ask: 'Write a regular expression with a group, such as server: (.*)',
    },
  ],
  webhook: [
    {
      field: 'url',
      label: 'Address',
      hint: 'Gets a POST with {"url", "revision"}. An answer from 200 to 299 confirms it.',
      ask: 'Write an http or https address.',
    },
  ],
};

export const kindWords: Record<ConsumerKind, string> = {
  'env-file': '.env file',
  'json-file': 'JSON file',
  'text-file': 'text file',
  webhook: 'webhook',
};

/** What is told and where, for people. Of a webhook only the host: even its path may be a secret. */
export function consumerPlace(consumer: Consumer): { what: string; where: string } {
  switch (consumer.kind) {
    case 'env-file':
      return { what: consumer.key, where: consumer.path };
    case 'json-file':
      return { what: consumer.pointer, where: consumer.path };
    case 'text-file':
      return { what: consumer.pattern, where: consumer.path };
    case 'webhook':
      return { what: 'POST', where: new URL(consumer.url).host };
  }
}

/** The consumers of the setting's value, as it came over the wire. */
export function consumersIn(value: unknown): Consumer[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : schema.parse(undefined);
}
