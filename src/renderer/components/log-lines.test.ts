import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../shared/services.ts';
import { linesSince, logText, matchingLines, nextMatch, toneOf } from './log-lines.ts';

const line = (text: string): LogLine => ({ at: '2026-11-20T12:00:00.000Z', stream: 'out', text });
const first = line('Listening on 8765');
const second = line('POST /api/generate 200');
const third = line('GET /api/status 404');
const lines = [first, second, third];

describe('searching a log', () => {
  it('finds lines that have all words, in any order and case', () => {
    expect(matchingLines(lines, '404 get')).toEqual([third]);
    expect(matchingLines(lines, 'API')).toEqual([second, third]);
    expect(matchingLines(lines, 'api gone')).toEqual([]);
  });

  it('finds nothing while nothing is searched for', () => {
    expect(matchingLines(lines, '  ')).toEqual([]);
  });
});

describe('going from match to match', () => {
  it('begins at the newest, and goes round in both directions', () => {
    expect(nextMatch(lines, null, 1)).toBe(third);
    expect(nextMatch(lines, third, 1)).toBe(first);
    expect(nextMatch(lines, first, 1)).toBe(second);
    expect(nextMatch(lines, first, -1)).toBe(third);
  });

  it('begins anew where the line it was at is no longer kept', () => {
    expect(nextMatch([second, third], first, -1)).toBe(third);
    expect(nextMatch([], first, 1)).toBeNull();
  });

  it('tells two lines with the same words apart', () => {
    const twice = [line('again'), line('again')];
    expect(nextMatch(twice, twice[1] ?? null, -1)).toBe(twice[0]);
  });
});

describe('a paused log', () => {
  it('counts what came meanwhile', () => {
    expect(linesSince([first], lines)).toEqual({ count: 2, all: false });
    expect(linesSince(lines, lines)).toEqual({ count: 0, all: false });
    expect(linesSince([], lines)).toEqual({ count: 3, all: false });
  });

  it('says so when more came than is kept', () => {
    expect(linesSince([first], [second, third])).toEqual({ count: 2, all: true });
  });
});

describe('the tone of a line', () => {
  const err = (text: string) => toneOf({ ...line(text), stream: 'err' });

  it('is an error on the error output, unless the line says what it is', () => {
    expect(err('no accounts are logged in')).toBe('error');
    expect(err('2026-11-20T09:28:05Z INF Initial protocol quic')).toBe('plain');
    expect(err('2026-11-20T09:28:05Z WRN Serve tunnel error error="closed"')).toBe('warning');
    expect(err('2026-11-20T09:28:05Z ERR Connection terminated')).toBe('error');
    expect(toneOf(line('ready'))).toBe('plain');
    expect(toneOf({ ...line('Stopping.'), stream: 'note' })).toBe('note');
  });
});

describe('copying a log', () => {
  it('gives each line its exact time', () => {
    expect(logText(lines.slice(0, 1))).toBe('2026-11-20T12:00:00.000Z Listening on 8765');
  });
});
