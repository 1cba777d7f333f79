import { useEffect } from 'react';
import { Toaster } from './components/toaster.tsx';
import { TooltipProvider } from './components/tooltip.tsx';
import { Frame } from './frame/frame.tsx';
import { places } from './frame/places.ts';
import { ScreenGuard } from './frame/screen-guard.tsx';
import { ClockProvider } from './state/clock.tsx';
import { useThemeSetting } from './state/theme.ts';
import { useWindow, type ViewName } from './state/window.ts';
import { ControlRoom } from './views/control-room/control-room.tsx';
import { HistoryView } from './views/history/history-view.tsx';
import { RecoveryView } from './views/recovery/recovery-view.tsx';
import { RunsView } from './views/runs/runs-view.tsx';
import { SettingsView } from './views/settings/settings-view.tsx';
import { VersionDialog } from './views/versions/version-dialog.tsx';
import { WorkflowsView } from './views/workflows/workflows-view.tsx';

const screens: Record<ViewName, () => React.ReactNode> = {
  'control-room': ControlRoom,
  workflows: WorkflowsView,
  runs: RunsView,
  recovery: RecoveryView,
  history: HistoryView,
  settings: SettingsView,
};

/** The window: the frame and the screen one is on. */
export function App() {
  useThemeSetting();
  const view = useWindow((state) => state.view);
  const Current = screens[view];
  useEffect(() => {
    document.title = `${places.find((place) => place.view === view)?.title} · Flowdeck`;
  }, [view]);

  return (
    <ClockProvider>
      <TooltipProvider>
        <Frame>
          <ScreenGuard key={view}>
            <Current />
          </ScreenGuard>
        </Frame>
        <VersionDialog />
        <Toaster />
      </TooltipProvider>
    </ClockProvider>
  );
}
