import { useEffect } from 'react';
import { settingSchemas } from '../../shared/settings.ts';
import { useSettings } from '../wire/queries.ts';

const themeSchema = settingSchemas['ui.theme'];
export type Theme = ReturnType<typeof themeSchema.parse>;

const KEY = 'flowdeck.theme';

/**
 * Colours the page as it was the last time, before anything is known from the main side: no flash of the other theme.
 */
export function showLastTheme(page: Document, storage: Storage): void {
  show(page, themeSchema.safeParse(storage.getItem(KEY)).data ?? 'system');
}

/** Colours the page by the setting `ui.theme`; `system` leaves it to prefers-color-scheme. */
export function useThemeSetting(): Theme {
  const settings = useSettings();
  const value = settings.data?.find((entry) => entry.key === 'ui.theme')?.value;
  const theme = themeSchema.safeParse(value);
  const known = theme.success && value !== undefined ? theme.data : null;
  useEffect(() => {
    if (known === null) return;
    localStorage.setItem(KEY, known);
    show(document, known);
  }, [known]);
  return known ?? 'system';
}

function show(page: Document, theme: Theme): void {
  if (theme === 'system') delete page.documentElement.dataset.theme;
  else page.documentElement.dataset.theme = theme;
}
