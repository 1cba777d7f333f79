import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../shared/services.ts';
import { logText, matchingLines } from './log-lines.ts';

const line = (text: string): LogLine => ({ at: '2026-11-20T12:00:00.000Z', stream: 'out', text });
const lines = [line('Listening on 8765'), line('POST /api/generate 200'), line('GET /api/status 404')];

describe('searching a log', () => {
  it('keeps the very same lines when nothing is searched for', () => {
    expect(matchingLines(lines, '  ')).toBe(lines);
  });

  it('finds lines that have all words, in any order and case', () => {
    expect(matchingLines(lines, '404 get')).toEqual([lines[2]]);
    expect(matchingLines(lines, 'API')).toHaveLength(2);
    expect(matchingLines(lines, 'api gone')).toEqual([]);
  });
});

describe('copying a log', () => {
  it('gives each line its exact time', () => {
    expect(logText(lines.slice(0, 1))).toBe('2026-11-20T12:00:00.000Z Listening on 8765');
  });
});
