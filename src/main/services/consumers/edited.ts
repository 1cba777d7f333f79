import type { Problem } from '../../../shared/services.ts';

/** A text with the address in its place, or why that cannot be. */
export type Edited = { text: string } | { problem: Problem };

export const unable = (message: string, cure: string): { problem: Problem } => ({
  problem: { message, cure },
});

/** Offset behind a byte order mark. */
export const bodyStart = (text: string): number => (text.charCodeAt(0) === 0xfeff ? 1 : 0);
