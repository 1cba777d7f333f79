import { createContext, type ReactNode, use, useEffect, useState } from 'react';

const Now = createContext<number | null>(null);

/** One clock for the whole window, a tick a second, so that all relative times change together. */
export function ClockProvider({ children }: { children: ReactNode }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <Now value={now}>{children}</Now>;
}

/** Milliseconds since 1970, renewed every second. */
export function useNow(): number {
  const now = use(Now);
  if (now === null) throw new Error('useNow is used outside of ClockProvider');
  return now;
}
