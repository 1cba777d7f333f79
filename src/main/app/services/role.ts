import type { Service } from '../../services/service.ts';

/** The two ways of having services: to supervise them, or to look on. */
export interface Role {
  readonly glabs: Service;
  readonly tunnel: Service;
  readonly supervisor: number | null;
  tellConsumer(id: string): void;
  resumed(): void;
  /** Whoever looks on sees what the other one wrote up to now. */
  refresh(): void;
  /** Ends it; `keep` as in Services. */
  close(options?: { keep: boolean }): Promise<void>;
}
