import type { AwayPart } from '../../shared/domain.ts';

/** What the supervisor of a run's backend tells of it. */
export type BackendNews =
  | { state: 'ready' }
  /** `message`: one sentence for people. */
  | { state: 'away'; what: AwayPart; message: string };

/** Whoever looks after the backend of a run, as far as there is somebody. */
export interface BackendWatch {
  /**
   * Hears at once what the supervisor sees, each change once, from now on. One in another process is not heard.
   * Returns what ends it.
   */
  listen(listener: (news: BackendNews) => void): () => void;
  /** Whether a living Flowdeck of this data folder, this one or another, brings it back when it is away. */
  mended(): Promise<boolean>;
}
