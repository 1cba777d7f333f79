import type { Disk } from '../platform/disk.ts';
import { generatedName } from '../workflow/names.ts';
import type { Places } from './places.ts';

/** What an export's path is made of (places.ts). Plain values: it can be sent to another thread. */
export type ExportPlace = Pick<Places, 'generations' | 'code' | 'version'>;

/** Writes `{code}-{version}-generated-{time}.nbflow` beside the earlier ones, never over one (behaviour.md §6). */
export function exportWorkflow(
  content: Uint8Array | string,
  { generations, code, version }: ExportPlace,
  at: number,
  disk: Disk,
): Promise<string> {
  return disk.writeNew(generations, (n) => generatedName(code, version, new Date(at), n), content);
}
