import { createHash } from 'node:crypto';
import type { GenerationKind } from '../../shared/domain.ts';

/** All that decides what a node's output looks like (behaviour.md §4). */
export interface FingerprintInput {
  kind: GenerationKind;
  /** Resolved, one per row. */
  prompts: readonly string[];
  negativePrompt: string;
  model: string;
  aspectRatio: string;
  perRow: number;
  /** Identities of the references' contents (hash when known, else URL), in slot order. */
  references: readonly string[];
  /** Videos: identity of the start and end frame of each row; images: empty. */
  frames: readonly string[];
}

/** `v1:` and the SHA-256 in hex. Another encoding gets another prefix, so that old keys are told apart. */
export function fingerprint(input: FingerprintInput): string {
  // a JSON list is unambiguous: two different inputs never give the same text
  const encoded = JSON.stringify([
    input.kind,
    input.prompts,
    input.negativePrompt,
    input.model,
    input.aspectRatio,
    input.perRow,
    input.references,
    input.frames,
  ]);
  return `v1:${createHash('sha256').update(encoded, 'utf8').digest('hex')}`;
}
