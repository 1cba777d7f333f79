import type { Disk } from '../platform/disk.ts';
import { generatedName } from '../workflow/names.ts';
import type { Places } from './places.ts';

/** Writes `{code}-{version}-generated-{time}.nbflow` beside the earlier ones, never over one (behaviour.md §6). */
export function exportWorkflow(text: string, places: Places, at: number, disk: Disk): Promise<string> {
  return disk.writeNew(
    places.generations,
    (n) => generatedName(places.code, places.version, new Date(at), n),
    text,
  );
}
