import type { CandidateView, GateView, RunNodeView } from '../../../shared/run-view.ts';

/** Makers of nodes for the tests of this screen. */

export function candidate(row: number, number: number, over: Partial<CandidateView> = {}): CandidateView {
  return {
    row,
    candidate: number,
    state: 'done',
    attempt: 1,
    media: `${row}-${number}.png`,
    url: `file:///${row}-${number}.png`,
    file: null,
    sha256: null,
    taskId: null,
    message: null,
    ...over,
  };
}

/** A candidate that was not made yet. */
export const unmade = (row: number, number: number, over: Partial<CandidateView> = {}): CandidateView =>
  candidate(row, number, { state: 'waiting', attempt: 0, media: null, url: null, ...over });

export function gate(nodeId: number, over: Partial<GateView> = {}): GateView {
  return { nodeId, title: `Gate ${nodeId}`, picks: [], machinePicks: [], held: false, ...over };
}

export function node(nodeId: number, over: Partial<RunNodeView> = {}): RunNodeView {
  return {
    nodeId,
    tab: 'Account A',
    tabIndex: 0,
    title: `Scene ${String(over.scene ?? 1).padStart(2, '0')} (${over.kind ?? 'image'})`,
    kind: 'image',
    scene: 1,
    rows: 1,
    perRow: 4,
    aspectRatio: '9:16',
    model: 'nano_banana_2',
    state: 'waiting',
    note: null,
    reason: 'missing',
    trusted: false,
    short: false,
    attempt: 0,
    prompts: ['A jar on a table.'],
    references: [],
    needs: [],
    gates: [],
    candidates: [],
    attempts: [],
    error: null,
    startedAt: null,
    finishedAt: null,
    ...over,
  };
}
