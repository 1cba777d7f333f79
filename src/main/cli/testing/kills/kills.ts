import { type Mode, tellStory } from './moments.ts';
import { play } from './story.ts';

export interface KillsAsked {
  seed: number;
  mode: Mode;
  /** Processes to be killed in their run. */
  moments: number;
  /** Blows of one story, before it may end. */
  blows: number;
  say: (line: string) => void;
}

export interface KillsReport {
  seed: number;
  mode: Mode;
  stories: number;
  killed: number;
  simulatorsKilled: number;
  /** Requests that were counted as lost. */
  lost: number;
  faults: string[];
}

/** Story after story, until so many processes have died. A story that goes wrong ends it. */
export async function runKills(
  { seed, mode, moments, blows, say }: KillsAsked,
  signal?: AbortSignal,
): Promise<KillsReport> {
  const report: KillsReport = { seed, mode, stories: 0, killed: 0, simulatorsKilled: 0, lost: 0, faults: [] };
  while (report.killed < moments && report.faults.length === 0 && !signal?.aborted) {
    const story = tellStory(seed, report.stories, mode, blows);
    const told = await play(story, say);
    report.stories++;
    report.killed += told.killed;
    report.simulatorsKilled += told.simulatorsKilled;
    report.lost += told.lost;
    for (const fault of told.faults) report.faults.push(`${story.seed} in ${told.folder}: ${fault}`);
    say(`${story.seed}: ${told.faults.length === 0 ? 'well' : 'NOT WELL'}, ${report.killed} killed so far`);
  }
  return report;
}
