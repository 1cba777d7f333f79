import { create } from 'zustand';
import type { FlowdeckError } from '../../shared/failure.ts';
import type { VerifyEntry, VerifyMessage, VerifySums } from '../../shared/history.ts';
import type { FlowdeckClient } from '../wire/connection.ts';
import { toFlowdeckError } from '../wire/failure.ts';

/** A verification of the backups of a workflow, going on or ended. */
export interface Verification {
  /** The workflow it was asked for. */
  path: string;
  /** Backups there are to check; null: not known yet. */
  total: number | null;
  checked: number;
  /** Those with something wrong, also where that was repaired. */
  found: readonly VerifyEntry[];
  /** Null: it goes on, or was stopped. */
  sums: VerifySums | null;
  stopped: boolean;
  error: FlowdeckError | null;
}

interface VerificationState {
  current: Verification | null;
  begin: (client: Pick<FlowdeckClient, 'history'>, path: string) => Promise<void>;
  stop: () => void;
  forget: () => void;
}

/** The verification of this window: one at a time; it goes on while another screen is looked at. */
export const useVerification = create<VerificationState>()((set, get) => {
  let going: AbortController | null = null;
  return {
    current: null,
    begin: async (client, path) => {
      going?.abort();
      const own = new AbortController();
      going = own;
      const change = (how: (before: Verification) => Verification) => {
        const { current } = get();
        if (going === own && current !== null) set({ current: how(current) });
      };
      set({ current: { path, total: null, checked: 0, found: [], sums: null, stopped: false, error: null } });
      try {
        for await (const message of await client.history.verify({ path }, { signal: own.signal })) {
          change((before) => foldVerification(before, message));
        }
      } catch (error) {
        if (!own.signal.aborted) change((before) => ({ ...before, error: toFlowdeckError(error) }));
      }
    },
    stop: () => {
      const { current } = get();
      going?.abort();
      if (current !== null) set({ current: { ...current, stopped: true } });
    },
    forget: () => set({ current: null }),
  };
});

/** One message more. Pure. */
export function foldVerification(before: Verification, message: VerifyMessage): Verification {
  switch (message.kind) {
    case 'begun':
      return { ...before, total: message.total };
    case 'entries':
      return {
        ...before,
        checked: before.checked + message.entries.length,
        found: [...before.found, ...message.entries.filter(({ problem }) => problem !== null)],
      };
    case 'finished':
      return { ...before, checked: message.sums.checked, sums: message.sums };
  }
}

/** It was neither ended nor stopped. */
export const isVerifying = ({ sums, stopped, error }: Verification): boolean =>
  sums === null && !stopped && error === null;

/** How it stands in one sentence. Pure. */
export function verificationWords(verification: Verification): string {
  const { total, checked, found, sums, stopped, error } = verification;
  if (error !== null) return `Verification ended after ${checked}.`;
  if (sums === null) {
    if (stopped) return `Stopped after ${checked} of ${total ?? 'unknown'}; what was found stays.`;
    return total === null ? 'Looking what there is…' : `${checked} of ${total} verified`;
  }
  if (sums.checked === 0) return 'There is no backup to verify.';
  const repaired = found.filter((entry) => entry.repaired).length;
  const lost = found.length - repaired;
  if (found.length === 0)
    return sums.checked === 1 ? 'The one backup is sound.' : `All ${sums.checked} are sound.`;
  const parts = [
    ...(repaired > 0 ? [`${repaired} repaired from the other place`] : []),
    ...(lost > 0 ? [`${lost} damaged`] : []),
  ];
  return `${sums.checked} verified: ${parts.join(', ')}.`;
}
