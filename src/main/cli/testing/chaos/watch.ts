import type { Resident } from './census.ts';
import { pause, type Stage } from './stage.ts';

/** Looks all the time who lives, and tells when there are two of a kind. */
export interface Watch {
  /** Everybody who was ever seen. */
  seen(): readonly Resident[];
  end(): Promise<void>;
}

const LOOK_MS = 250;

export function watchResidents(stage: Stage): Watch {
  const seen = new Map<string, Resident>();
  let told = '';
  let over = false;
  const look = async () => {
    const residents = await stage.residents();
    for (const one of residents) seen.set(`${one.pid} ${one.began}`, one);
    const twice = (['glabs', 'cloudflared'] as const)
      .map((what) => residents.filter((one) => one.what === what))
      .filter((kind) => kind.length > 1)
      .flatMap((kind) => kind.map(({ what, pid, began }) => `${what} ${pid} (${began})`))
      .join(', ');
    if (twice !== '' && twice !== told) stage.chronicle.fault(`two of a kind at once: ${twice}`);
    told = twice;
  };
  const going = (async () => {
    while (!over) {
      await look();
      await pause(LOOK_MS);
    }
  })();
  stage.onClose(() => {
    over = true;
  });
  return {
    seen: () => [...seen.values()],
    end: async () => {
      over = true;
      await going;
    },
  };
}
