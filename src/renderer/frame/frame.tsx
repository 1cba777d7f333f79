import type { ReactNode } from 'react';
import { ConnectionBanner } from './connection-banner.tsx';
import { Rail } from './rail.tsx';
import { RecoveryBanner } from './recovery-banner.tsx';
import { RunAnnouncer } from './run-announcer.tsx';
import { ServicesAnnouncer } from './services-announcer.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { StatusBar } from './status-bar.tsx';

/** What is around every screen. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        className="-top-12 fixed left-2 z-50 rounded-sm bg-accent px-3 py-2 text-accent-ink focus:top-2"
      >
        Skip to content
      </a>
      <StatusBar />
      <div className="relative flex min-h-0 flex-1">
        <Rail />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          {children}
        </main>
        <ConnectionBanner />
      </div>
      <RecoveryBanner />
      <ServicesAnnouncer />
      <RunAnnouncer />
      <Shortcuts />
    </div>
  );
}
