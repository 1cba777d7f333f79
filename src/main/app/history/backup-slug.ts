/** As many letters as a file's name has room for, whatever their alphabet. */
const LONGEST = 40;

/** What the program calls backups of its own: recovery and the history go by it. */
const OURS: ReadonlySet<string> = new Set(['superseded', 'graduated', 'undone', 'found']);

/** A reason in a person's words as a part of a file's name: `My reason!` → `my-reason`; `manual` where none is left. Pure. */
export function slugOf(reason: string): string {
  const words = reason
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  const slug = [...(words ?? []).join('-')].slice(0, LONGEST).join('').replace(/-$/, '');
  if (slug === '') return 'manual';
  return OURS.has(slug) ? `manual-${slug}` : slug;
}
