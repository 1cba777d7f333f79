import { notifyDone, notifyError } from '../components/toaster.tsx';
import { useAction } from '../state/actions.ts';
import { useServiceActions, useStopAll } from '../state/service-actions.ts';
import { verifiedUrl } from '../state/service-look.ts';
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
      <ServicesActions />
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

function ServicesActions() {
  const services = useServices().data;
  const glabs = useServiceActions('glabs', services?.glabs);
  const tunnel = useServiceActions('tunnel', services?.tunnel);
  const stopAll = useStopAll(services).stop;
  const url = services ? verifiedUrl(services.tunnel) : null;
  useServiceAction('start-glabs', 'Start G-Labs', glabs.start?.run ?? null);
  useServiceAction('stop-glabs', 'Stop G-Labs', glabs.stop?.run ?? null);
  useServiceAction('restart-glabs', 'Restart G-Labs', glabs.restart?.run ?? null);
  useServiceAction('start-tunnel', 'Start the tunnel', tunnel.start?.run ?? null);
  useServiceAction('stop-tunnel', 'Stop the tunnel', tunnel.stop?.run ?? null);
  useServiceAction('restart-tunnel', 'Restart the tunnel', tunnel.restart?.run ?? null);
  useServiceAction('stop-all', 'Stop all: the tunnel and G-Labs', stopAll);
  useServiceAction('copy-tunnel', 'Copy the address of the tunnel', url === null ? null : () => copy(url));
  return null;
}

function useServiceAction(id: string, title: string, run: (() => void) | null): void {
  useAction(run && { id, title, group: 'Services', run });
}

function copy(url: string): void {
  navigator.clipboard
    .writeText(url)
    .then(() => notifyDone('The address of the tunnel is copied.'), notifyError);
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
