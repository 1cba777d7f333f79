import { join } from 'node:path';
import { clipboard, Menu, type MenuItemConstructorOptions, nativeImage, Tray as SystemTray } from 'electron';
import type { Tray } from '../app/tray.ts';
import type { TrayAction, TrayIcon, TrayItem, TrayState } from '../app/tray-state.ts';

interface TrayParts {
  tray: Tray;
  /** Folder of the icons. */
  icons: string;
  platform: NodeJS.Platform;
  show(): void;
  quit(): void;
  /** Hears what an action could not do; the window shows it as well. */
  onFault(error: unknown): void;
}

/** Flowdeck in the system's tray: how it stands, and what can be done without the window. Returns what takes it away. */
export function showTray({ tray, icons, platform, show, quit, onFault }: TrayParts): () => void {
  const carryOut: Record<TrayAction, () => void> = {
    open: show,
    quit,
    start: () => void tray.start().catch(onFault),
    stop: () => void tray.stop().catch(onFault),
    'copy-address': () => {
      const address = tray.publicAddress();
      if (address !== null) clipboard.writeText(address);
    },
  };
  const image = (icon: TrayIcon) => iconImage(icons, icon, platform);
  const first = tray.state();
  const system = new SystemTray(image(first.icon));
  let shown = first.icon;
  const update = (state: TrayState) => {
    if (state.icon !== shown) system.setImage(image(state.icon));
    shown = state.icon;
    system.setToolTip(state.tooltip);
    system.setContextMenu(Menu.buildFromTemplate(menuOf(state.menu, carryOut)));
  };
  update(first);
  // On macOS a click opens the menu.
  if (platform !== 'darwin') system.on('click', show);
  const stop = tray.subscribe(update);
  return () => {
    stop();
    system.destroy();
  };
}

/** macOS colours what is named a template by its own bar: only the shape counts there. `@2x` is found by itself. */
const iconImage = (folder: string, icon: TrayIcon, platform: NodeJS.Platform) =>
  nativeImage.createFromPath(join(folder, `${icon}${platform === 'darwin' ? 'Template' : ''}.png`));

function menuOf(
  groups: readonly TrayItem[][],
  carryOut: Record<TrayAction, () => void>,
): MenuItemConstructorOptions[] {
  return groups.flatMap((group, at) => [
    ...(at === 0 ? [] : [{ type: 'separator' as const }]),
    ...group.map(({ label, action, enabled }) => ({
      label: label.replaceAll('&', '&&'),
      enabled,
      ...(action === null ? {} : { click: carryOut[action] }),
    })),
  ]);
}
