import { expect, it } from 'vitest';
import { listSchedule, lowerBound, type ScheduledNode } from './list-schedule.ts';

const image = (nodeId: number, tasks: number): ScheduledNode => ({
  nodeId,
  kind: 'image',
  tabIndex: 0,
  scene: nodeId,
  needs: [],
  tasks,
});
const video = (nodeId: number, tasks: number, needs: number[]): ScheduledNode => ({
  ...image(nodeId, tasks),
  kind: 'video',
  needs,
});
const durations = { image: 10, video: 100 };

it('fills the slots, and begins a video when its picture is done, not when all pictures are', () => {
  // Slots: 1 and 2 to the images (10), then the first video beside the third image.
  const nodes = [image(1, 2), video(2, 1, [1]), image(3, 1)];
  expect(listSchedule(nodes, durations, 2)).toBe(110);
});

it('runs images before videos that are ready too', () => {
  const nodes = [video(1, 1, []), image(2, 1)];
  expect(listSchedule(nodes, durations, 1)).toBe(110);
  expect(listSchedule(nodes, durations, 2)).toBe(100);
});

it('never beats the lower bound, which is the work by slots or the longest chain', () => {
  const nodes = [image(1, 4), video(2, 4, [1]), image(3, 4), video(4, 4, [3])];
  expect(lowerBound(nodes, durations, 4)).toBe(220);
  expect(lowerBound([image(1, 1), video(2, 1, [1])], durations, 4)).toBe(110);
  for (const slots of [1, 2, 3, 4, 5, 8])
    expect(listSchedule(nodes, durations, slots)).toBeGreaterThanOrEqual(lowerBound(nodes, durations, slots));
});
