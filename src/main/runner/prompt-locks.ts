/**
 * At most one unanswered submission per prompt text, over all runs of this process: so that a prompt alone identifies
 * its task (behaviour.md §7).
 */
export interface PromptLocks {
  /** Runs `work` when everybody before it with this prompt is through. */
  hold<T>(prompt: string, work: () => Promise<T>): Promise<T>;
}

export function createPromptLocks(): PromptLocks {
  const last = new Map<string, Promise<void>>();
  return {
    hold: async (prompt, work) => {
      const turn = (last.get(prompt) ?? Promise.resolve()).then(work);
      const through = turn.then(
        () => undefined,
        () => undefined,
      );
      last.set(prompt, through);
      try {
        return await turn;
      } finally {
        if (last.get(prompt) === through) last.delete(prompt);
      }
    },
  };
}
