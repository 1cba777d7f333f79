/** Names of files and folders (behaviour.md §6). All are safe on Windows, macOS and Linux, and none leaves its folder. */

const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;
/** Bytes of UTF-8: leaves room under the usual 255 for endings such as `-generated-20260512-143021.nbflow`. */
const MAX_NAME_BYTES = 180;
const MAX_TAB_FOLDER = 40;

export interface WorkflowName {
  /** `XYZG3`; the whole name where there is no version. Safe as a folder's name. */
  code: string;
  /** `V0-1` as the name spells it, or null. */
  version: string | null;
  /** `V0-1`; `V0-0` without a version. For object keys and generated files. */
  versionKey: string;
  /** `v0-1`; `v0-0` without a version. */
  versionFolder: string;
}

/** `base`: the file's name without `.nbflow`. */
export function parseWorkflowName(base: string): WorkflowName {
  const match = /^(.*[^-\s])-(v\d{1,6}(?:-\d{1,6}){0,5})$/is.exec(base);
  const version = match?.[2] ?? null;
  return {
    code: safeName(match?.[1] ?? base, 'workflow'),
    version,
    versionKey: (version ?? 'V0-0').toUpperCase(),
    versionFolder: (version ?? 'v0-0').toLowerCase(),
  };
}

/** Folder of a tab where a workflow has more than one: `Account A ✨` → `account-a`; `tab-2` if nothing is left. */
export function tabFolder(name: string, index: number): string {
  const folded = foldAccents(name.toLowerCase())
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const folder = trimDashes(trimDashes(folded).slice(0, MAX_TAB_FOLDER));
  if (folder === '') return `tab-${index + 1}`;
  return RESERVED.test(folder) ? `${folder}-tab` : folder;
}

export interface SceneFile {
  scene: number;
  /** From 1. The first row is not named. */
  row: number;
  /** From 1; null: the candidate in use. */
  candidate: number | null;
  /** Without a dot: `png`, `mp4`. */
  ext: string;
  /** Given where two nodes would share a name. */
  nodeId: number | null;
}

/** `scene03.png`, `scene03-c1.png`, `scene03-row2-c1.png`, `scene05-node39-c1.png`. */
export function sceneFile({ scene, row, candidate, ext, nodeId }: SceneFile): string {
  const node = nodeId === null ? '' : `-node${nodeId}`;
  const rowPart = row > 1 ? `-row${row}` : '';
  const candidatePart = candidate === null ? '' : `-c${candidate}`;
  const ending =
    ext
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 8) || 'bin';
  return `scene${String(scene).padStart(2, '0')}${node}${rowPart}${candidatePart}.${ending}`;
}

/** `XYZG3-V0-2-generated-20260512-143021.nbflow`, local time; the n-th of one second gets `-n` from 2 on. */
export function generatedName(code: string, version: string | null, localDate: Date, n = 1): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const year = String(localDate.getFullYear()).padStart(4, '0');
  const day = `${year}${two(localDate.getMonth() + 1)}${two(localDate.getDate())}`;
  const time = `${two(localDate.getHours())}${two(localDate.getMinutes())}${two(localDate.getSeconds())}`;
  const again = n > 1 ? `-${n}` : '';
  return `${safeName(code, 'workflow')}-${safeName(version ?? 'V0-0')}-generated-${day}-${time}${again}.nbflow`;
}

/**
 * Any text as one file or folder name: no separators, control or reserved characters, no leading or trailing dot or
 * space, no name that Windows keeps for itself, at most 180 bytes. `fallback` when nothing is left.
 */
export function safeName(text: string, fallback = 'unnamed'): string {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '')
    .replace(/[<>:"/\\|?*]+/g, '-')
    .replace(/\s+/g, ' ');
  const cut = trimEnds(cutBytes(trimEnds(clean), MAX_NAME_BYTES));
  if (cut === '') return fallback;
  return RESERVED.test(cut) ? `_${cut}` : cut;
}

const trimEnds = (text: string): string => text.replace(/^[\s.-]+|[\s.]+$/g, '');
const trimDashes = (text: string): string => text.replace(/^-+|-+$/g, '');

/** At most `limit` bytes of UTF-8, without half a character. */
function cutBytes(text: string, limit: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Letters that have no accent to take off in Unicode's tables. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

function foldAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter);
}
