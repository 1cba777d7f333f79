/** What the machine tells of itself: sleep, and its own network (behaviour.md §10). */
export interface Network {
  /** Whether this machine has a network at all, as far as it can tell without asking anybody. */
  online(): boolean;
  /** `resumed`: the machine slept. `changed`: addresses came or went. Returns what ends it. */
  subscribe(listener: (news: 'resumed' | 'changed') => void): () => void;
  close(): void;
}
