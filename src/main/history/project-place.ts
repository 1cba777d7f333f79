/** What a workflow's folders say of it: `projects/{month}/{brand}/…`. */
export interface ProjectPlace {
  month: string | null;
  brand: string | null;
}

/** Folders that lie below the brand, not in its place. */
const BELOW_BRAND = new Set(['testing', 'approved', 'growth', 'sales', 'backups', 'generations', 'assets']);

/** Told from the nearest `projects` above the file that has two folders below it. `workflow`: a path with either slash. */
export function projectPlace(workflow: string): ProjectPlace {
  const folders = workflow.split(/[\\/]/).slice(0, -1);
  for (let i = folders.length - 3; i >= 0; i--) {
    if (folders[i]?.toLowerCase() !== 'projects') continue;
    const [month = '', brand = ''] = folders.slice(i + 1, i + 3);
    if (month === '' || brand === '' || BELOW_BRAND.has(brand.toLowerCase())) continue;
    return { month, brand };
  }
  return { month: null, brand: null };
}

/** `growth` or `sales` by the letter before the number: `XYZG3`, `XYZS1`. Null for other codes. */
export function typeOfCode(code: string): 'growth' | 'sales' | null {
  const letter = /^[a-z]{3}([sg])\d+$/i.exec(code)?.[1]?.toLowerCase();
  if (letter === undefined) return null;
  return letter === 'g' ? 'growth' : 'sales';
}
