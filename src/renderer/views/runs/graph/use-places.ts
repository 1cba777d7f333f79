import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Arrangement, useRunLook } from '../../../state/run-look.ts';
import { asDrawn } from './graph-arrange.ts';
import type { GraphTab, Places } from './graph-model.ts';
import { tidyInWorker } from './tidy-worker.ts';

/** How long an arrangement is kept after it was last looked at. */
const KEPT_MS = 30 * 60_000;

export interface Arranged {
  places: Places;
  /** Which arrangement these places are of. */
  shown: Arrangement;
  /** Why it is not the one that was asked for. */
  note: string | null;
}

/**
 * Where the cards stand in the arrangement one chose: as drawn until the tidy one is there, and when it cannot be had.
 * A tab's tidy arrangement is made once.
 */
export function usePlaces(runId: string, tabIndex: number, tab: GraphTab): Arranged {
  const wanted = useRunLook((state) => state.arrangement);
  const drawn = useMemo(() => asDrawn(tab), [tab]);
  const tidy = useQuery({
    queryKey: ['graph-places', runId, tabIndex],
    queryFn: ({ signal }) => tidyInWorker(tab, signal),
    enabled: wanted === 'tidy',
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
    networkMode: 'always',
    structuralSharing: false,
  });
  if (wanted === 'drawn') return { places: drawn, shown: 'drawn', note: null };
  if (tidy.data) return { places: tidy.data, shown: 'tidy', note: null };
  const note = tidy.error ? 'It could not be tidied, and is shown as drawn.' : 'Tidying…';
  return { places: drawn, shown: 'drawn', note };
}
