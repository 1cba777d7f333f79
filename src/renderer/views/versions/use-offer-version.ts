import { useVersionDialog } from '../../state/version-dialog.ts';
import { useAskBumpAdvice } from '../../wire/queries.ts';

/** A button for a message: the next version, where one is due after what was just done; null where it is not. */
export function useOfferVersion(path: string): () => Promise<{ label: string; run: () => void } | null> {
  const ask = useAskBumpAdvice();
  const open = useVersionDialog((state) => state.open);
  return async () => {
    // What was done is told all the same: the advice is asked again where it is shown.
    const advice = await ask(path).catch(() => null);
    if (!advice?.suggested) return null;
    return { label: `Make it ${advice.to}…`, run: () => open(path, 'bump') };
  };
}
