import { create } from 'zustand';
import { useWindow } from './window.ts';

/** What Settings is to search for when it opens next; it forgets that as it opens. */
export const useSettingsSearch = create<{ wanted: string }>()(() => ({ wanted: '' }));

/** Opens Settings with only those that have the words of `search`, such as `tunnel.` */
export function openSettings(search: string): void {
  useSettingsSearch.setState({ wanted: search });
  useWindow.getState().go('settings');
}
