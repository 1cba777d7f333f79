import { expect, it } from 'vitest';
import { nearest } from './near.ts';

const keys = ['runner.concurrency', 'runner.retries', 'glabs.url', 'glabs.command', 'ui.theme'];

it('finds what a slip of the finger meant, best first', () => {
  expect(nearest('runner.concurency', keys)).toEqual(['runner.concurrency']);
  expect(nearest('GLABS.URL', keys)[0]).toBe('glabs.url');
  expect(nearest('concurrency', keys)).toEqual(['runner.concurrency']);
});

it('finds nothing for a word that is like none', () => {
  expect(nearest('something-else-entirely', keys)).toEqual([]);
});
