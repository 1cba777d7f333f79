import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { nodeMark } from '../../../components/marks.ts';
import { type GraphPath, noPath } from './graph-model.ts';

/**
 * What changes in a graph while one looks at it. Cards and links read their own part of it, so that a change of one
 * node draws one card anew, and React Flow's list of nodes stays what it is.
 */
export interface GraphLive {
  /** The tab's generation nodes by their id. */
  nodes: ReadonlyMap<number, RunNodeView>;
  /** Nodes that want a person's pick. */
  wanting: ReadonlySet<number>;
  /** Cards that match filter and search; null while nothing is asked. */
  lit: ReadonlySet<number> | null;
  /** The card that was opened, and what hangs on it. */
  chosen: number | null;
  path: GraphPath;
  /** The card that keys go to. */
  active: number | null;
  /** Too far away for pictures. */
  far: boolean;
}

export type GraphLiveStore = StoreApi<GraphLive>;

export const createGraphLive = (): GraphLiveStore =>
  createStore<GraphLive>(() => ({
    nodes: new Map(),
    wanting: new Set(),
    lit: null,
    chosen: null,
    path: noPath,
    active: null,
    far: false,
  }));

const Live = createContext<GraphLiveStore | null>(null);

export const GraphLiveProvider = Live.Provider;

/** A part of the graph's state; the component is drawn anew when this part is another. */
export function useLive<T>(select: (state: GraphLive) => T): T {
  const store = useContext(Live);
  if (store === null) throw new Error('A card of the graph stands outside of it.');
  return useStore(store, select);
}

/** Whether a node is at work, so that what goes into it is shown as under way. */
export const isAtWork = (node: RunNodeView | undefined): boolean =>
  node !== undefined && nodeMark(node.state).mark === 'working';
