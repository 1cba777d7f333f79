import { notifyError } from '../components/toaster.tsx';
import { useAction } from '../state/actions.ts';
import { useServiceActions } from '../state/service-actions.ts';
import type { Theme } from '../state/theme.ts';
import { useWindow } from '../state/window.ts';
import { useServices, useSetSetting } from '../wire/queries.ts';
import { places } from './places.ts';

/** Registers the actions that are there on every screen: go to a screen, services, colours. */
export function PaletteActions() {
  return (
    <>
      {places.map((place, index) => (
        <PlaceAction key={place.view} place={place} number={index + 1} />
      ))}
      <GlabsActions />
      <ThemeAction theme="dark" title="Use dark colours" />
      <ThemeAction theme="light" title="Use light colours" />
      <ThemeAction theme="system" title="Use the colours of the system" />
    </>
  );
}

function PlaceAction({ place, number }: { place: (typeof places)[number]; number: number }) {
  useAction({
    id: `go-${place.view}`,
    title: place.title,
    group: 'Go to',
    shortcut: `mod+${number}`,
    run: () => useWindow.getState().go(place.view),
  });
  return null;
}

function GlabsActions() {
  const { start, stop, restart } = useServiceActions('glabs', useServices().data?.glabs);
  useAction(start && { id: 'start-glabs', title: 'Start G-Labs', group: 'Services', run: start });
  useAction(stop && { id: 'stop-glabs', title: 'Stop G-Labs', group: 'Services', run: stop });
  useAction(restart && { id: 'restart-glabs', title: 'Restart G-Labs', group: 'Services', run: restart });
  return null;
}

function ThemeAction({ theme, title }: { theme: Theme; title: string }) {
  const set = useSetSetting();
  useAction({
    id: `theme-${theme}`,
    title,
    group: 'Appearance',
    run: () => set.mutate({ key: 'ui.theme', value: theme }, { onError: notifyError }),
  });
  return null;
}
