/** What a benchmark found, ready to be told: figures with their aims, a table or two, and words on what they mean. */
export interface Finding {
  name: string;
  title: string;
  /** How it was measured, in a sentence or two. */
  how: string;
  figures: Figure[];
  tables: Table[];
  notes: string[];
}

export interface Figure {
  what: string;
  unit: string;
  value: number;
  /** Lowest and highest of the runs. */
  min: number;
  max: number;
  runs: number;
  /** The greatest value that meets what is claimed; null: only told. */
  aim: number | null;
}

export interface Table {
  title: string;
  columns: string[];
  rows: (string | number)[][];
}

export interface ClaimOptions {
  runs: number;
  /** A folder for everything that is made; removed after the whole round. */
  scratch: string;
  say: (line: string) => void;
}

export interface Claim {
  /** Its name on the command line. */
  name: string;
  measure(options: ClaimOptions): Promise<Finding>;
}

/** A figure from the values of several runs: the middle one. */
export function figure(
  what: string,
  unit: string,
  values: readonly number[],
  aim: number | null = null,
): Figure {
  return {
    what,
    unit,
    value: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
    aim,
  };
}

/** The value below which a share `q` (0 to 1) of the values lies, between neighbours by line. NaN for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
