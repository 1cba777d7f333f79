import { createContext, type ReactNode, use } from 'react';
import { useStore } from 'zustand';
import type { Wire } from './client.ts';
import type { WireState } from './connection.ts';

const WireContext = createContext<Wire | null>(null);

/** Gives the screens below it the wire; made once, by main.tsx. */
export function WireProvider({ wire, children }: { wire: Wire; children: ReactNode }) {
  return <WireContext value={wire}>{children}</WireContext>;
}

export function useWire(): Wire {
  const wire = use(WireContext);
  if (wire === null) throw new Error('useWire needs a WireProvider above it.');
  return wire;
}

/** Whether the connection stands; for the banner that says it is lost. */
export function useWireState(): WireState {
  return useStore(useWire().state);
}
