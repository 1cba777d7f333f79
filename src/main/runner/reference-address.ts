import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redact } from '../platform/redact.ts';
import { strangeScheme } from '../workflow/url-list.ts';

/** Why a reference cannot be used, as the end of a sentence that begins with it, and what to do about it. */
export interface Trouble {
  what: string;
  cure: string;
}

/** What a Media node's text leads to. */
export type ReferenceAddress =
  | { kind: 'embedded' }
  | { kind: 'web'; url: URL }
  /** Places on this machine, in the order they are looked at. */
  | { kind: 'local'; paths: string[] }
  | ({ kind: 'unusable' } & Trouble);

const SHOWN = 160;

/**
 * Tells what a reference is by its text alone. Relative paths start from `folders`, in order (behaviour.md §5).
 * A path may be written with the backslashes of another system, or with `%20` for a space.
 */
export function addressOf(value: string, folders: readonly string[]): ReferenceAddress {
  if (/^data:/i.test(value)) return { kind: 'embedded' };
  if (value.includes('\0'))
    return unusable('holds a character that no path has', 'Type the path or the address anew.');
  if (/^https?:/i.test(value)) return webAddress(value);
  if (/^file:/i.test(value)) {
    const path = filePath(value);
    return path === null
      ? unusable('is not a file address of this machine', 'Use a path, or an address such as https://….')
      : { kind: 'local', paths: [path] };
  }
  const drive = /^[a-z]:[\\/]/i.test(value);
  if (drive && !isAbsolute(value)) {
    return unusable(
      'is a path of a Windows machine, and this is not one',
      'Put the picture beside the workflow and name it by a relative path.',
    );
  }
  const scheme = drive ? null : strangeScheme(value);
  if (scheme !== null) {
    return scheme === 'blob'
      ? unusable(
          'is an address inside a browser tab that is closed (blob:)',
          'Upload the picture in the editor again, or use a path.',
        )
      : unusable(
          `has the scheme ${scheme}:, which Flowdeck does not read`,
          'Use a path, http:, https: or data:.',
        );
  }
  const spellings = [...new Set([value, value.replaceAll('\\', '/'), unescaped(value)])];
  const paths = isAbsolute(value)
    ? spellings
    : folders.flatMap((folder) => spellings.map((path) => join(folder, path)));
  return { kind: 'local', paths: [...new Set(paths)] };
}

/** An http or https address that may be asked; also judges where a redirect leads. */
export function webAddress(value: string, base?: URL): ReferenceAddress {
  const url = URL.canParse(value, base?.href) ? new URL(value, base) : null;
  if (url === null) return unusable('is not a complete address', 'Copy the whole address anew.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return unusable(`leads to an address with the scheme ${url.protocol}`, 'Use a path, http: or https:.');
  if (url.username !== '' || url.password !== '')
    return unusable(
      'holds a name or a password, which Flowdeck does not send',
      'Use an address that needs none, or a file.',
    );
  // Machines keep their own secrets there (cloud metadata); a workflow may come from anybody.
  if (/^(169\.254\.|\[fe[89ab]|\[::ffff:a9fe:)/i.test(url.hostname))
    return unusable(
      'leads to an address of this machine’s own network card, where no picture is',
      'Use the address of the picture.',
    );
  return { kind: 'web', url };
}

/** A reference as a sentence may show it: short, without secrets. */
export function shownReference(value: string): string {
  if (/^data:/i.test(value)) return 'embedded in the workflow';
  const flat = redact(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
  return flat.length > SHOWN ? `${flat.slice(0, SHOWN)}…` : flat;
}

const unusable = (what: string, cure: string): ReferenceAddress => ({ kind: 'unusable', what, cure });

/** Null for a file address of another host, or one that is not a path. */
function filePath(value: string): string | null {
  try {
    return fileURLToPath(value);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
