import { create } from 'zustand';
import { toFailure } from '../../../shared/failure.ts';
import type { PromptEdit, PromptSource } from '../../../shared/prompts.ts';
import { nextVersion, versionOf } from '../../../shared/version.ts';

/** Words a person has typed and not saved yet, by place; what equals the file is not kept. */
export type PromptDraft = Readonly<Record<string, string>>;

interface DraftsState {
  drafts: Readonly<Record<string, PromptDraft>>;
  setDraft: (key: string, draft: PromptDraft) => void;
}

/**
 * Unsaved prompts of this window. They outlast the panel they were typed in: another node may be looked at meanwhile,
 * and nothing that was typed is lost by a click.
 */
export const usePromptDrafts = create<DraftsState>()((set) => ({
  drafts: {},
  setDraft: (key, draft) =>
    set(({ drafts }) => {
      const { [key]: _, ...others } = drafts;
      return { drafts: Object.keys(draft).length === 0 ? others : { ...others, [key]: draft } };
    }),
}));

/** Name of the draft of a node in a file. */
export const draftKey = (path: string, nodeId: number): string => `${path}\n${nodeId}`;

/** Name of a source in a draft. */
export const sourceKey = ({ nodeId, row }: Pick<PromptSource, 'nodeId' | 'row'>): string =>
  `${nodeId}.${row ?? 'text'}`;

/** The text of a source as it was typed so far. */
export const textOf = (source: PromptSource, draft: PromptDraft): string =>
  draft[sourceKey(source)] ?? source.text;

/** The draft after a text was typed; the text of the file takes the source out of it. */
export function typed(draft: PromptDraft, source: PromptSource, text: string): PromptDraft {
  const { [sourceKey(source)]: _, ...others } = draft;
  return text === source.text ? others : { ...others, [sourceKey(source)]: text };
}

/** What is to be changed in the file. A source that the file no longer has is not among it. */
export function editsOf(sources: readonly PromptSource[], draft: PromptDraft): PromptEdit[] {
  return sources
    .filter((source) => textOf(source, draft) !== source.text)
    .map((source) => ({ nodeId: source.nodeId, row: source.row, text: textOf(source, draft) }));
}

/** Other nodes that become stale with these edits, each once. */
export function staleWith(sources: readonly PromptSource[], draft: PromptDraft): number[] {
  const changed = sources.filter((source) => textOf(source, draft) !== source.text);
  return [...new Set(changed.flatMap(({ alsoUsedBy }) => alsoUsedBy))];
}

/** The version that edited prompts are saved as; null where the name has none that another could follow. */
export function nextOf(name: string): { name: string; version: string } | null {
  try {
    const next = nextVersion(name);
    return { name: next, version: versionOf(next) };
  } catch (error) {
    if (toFailure(error).code === 'usage') return null;
    throw error;
  }
}

/** What a source is to the prompt, in words: `Row 2 of Scenes (node 3)`. */
export function sourceTitle({ role, row, title, nodeId }: PromptSource): string {
  const part = { plain: 'Prompt', template: 'Template', row: `Row ${row ?? 1}` }[role];
  return `${part}: ${title.trim() || 'untitled'} (node ${nodeId})`;
}
