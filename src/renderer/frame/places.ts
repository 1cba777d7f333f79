import { Clapperboard, Gauge, History, LifeBuoy, type LucideIcon, Settings, Workflow } from 'lucide-react';
import type { ViewName } from '../state/window.ts';

/** The screens in the order of the rail; the place in it is the number of the shortcut (ui.md, Frame). */
export const places: readonly { view: ViewName; title: string; icon: LucideIcon }[] = [
  { view: 'control-room', title: 'Control room', icon: Gauge },
  { view: 'workflows', title: 'Workflows', icon: Workflow },
  { view: 'runs', title: 'Runs', icon: Clapperboard },
  { view: 'recovery', title: 'Recovery', icon: LifeBuoy },
  { view: 'history', title: 'History', icon: History },
  { view: 'settings', title: 'Settings', icon: Settings },
];
