import { settingSchemas } from '../../../shared/settings.ts';
import { type Consumer, type ConsumerField, type ConsumerKind, consumerFields } from './consumer-fields.ts';

/** A consumer of the tunnel's address while a person edits it: texts as typed, until they make one. Pure. */

export interface ConsumerDraft {
  kind: ConsumerKind;
  /** As typed; those of another kind are kept while a person looks what each kind asks for. */
  texts: Readonly<Partial<Record<ConsumerField, string>>>;
}

export const newDraft: ConsumerDraft = { kind: 'env-file', texts: {} };

/** A consumer as one would have typed it. */
export function draftOf(consumer: Consumer): ConsumerDraft {
  const { kind, ...texts } = consumer;
  return { kind, texts };
}

export type CheckedConsumer =
  | { ok: true; consumer: Consumer }
  | { ok: false; wrong: ReadonlyMap<ConsumerField, string> };

/** The consumer a draft makes, or what is wrong with each field, as an instruction. `others`: those there are. */
export function checkDraft(draft: ConsumerDraft, others: readonly Consumer[]): CheckedConsumer {
  const fields = consumerFields[draft.kind];
  const wrong = new Map<ConsumerField, string>();
  const value: Record<string, string> = { kind: draft.kind };
  // A pattern may begin or end with a space that counts.
  for (const { field } of fields) {
    const text = draft.texts[field] ?? '';
    value[field] = field === 'pattern' ? text : text.trim();
  }
  const parsed = schema.safeParse([value]);
  for (const { path } of parsed.error?.issues ?? []) {
    const words = fields.find(({ field }) => field === path[1]);
    if (words !== undefined) wrong.set(words.field, words.ask);
  }
  if (value.path !== undefined && !isWholePath(value.path))
    wrong.set('path', 'Write the whole path of the file.');
  if (value.pattern !== undefined && !hasGroup(value.pattern))
    wrong.set('pattern', 'Write a regular expression with a group, such as server: (.*)');
  const consumer = parsed.data?.[0];
  if (consumer === undefined || wrong.size > 0) return { ok: false, wrong };
  const last = fields.at(-1)?.field;
  const isThere = others.some((each) => JSON.stringify(each) === JSON.stringify(consumer));
  return isThere && last !== undefined
    ? { ok: false, wrong: new Map([[last, 'This one is told already.']]) }
    : { ok: true, consumer };
}

const schema = settingSchemas['tunnel.consumers'];

/** Of POSIX, or of Windows with its drive or share: which folder a shorter one is meant from is not clear. */
const isWholePath = (path: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

/** Whether it is a regular expression with at least one group that captures. */
function hasGroup(pattern: string): boolean {
  try {
    // An empty alternative matches everything, and so tells how many groups there are.
    return (new RegExp(`${pattern}|`).exec('')?.length ?? 0) > 1;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
