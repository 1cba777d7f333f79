import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LOG_LINES } from '../../shared/services.ts';
import { systemClock } from '../platform/clock.ts';
import { LogRing, lineSplitter } from './log-ring.ts';

const plain = (text: string) => text;

it('keeps the last 500 lines, and gives each new one once', () => {
  const ring = new LogRing(systemClock, plain);
  for (let n = 0; n < LOG_LINES + 10; n += 1) ring.add('out', `line ${n}`);
  expect(ring.lines()).toHaveLength(LOG_LINES);
  expect(ring.lines()[0]?.text).toBe('line 10');
  expect(ring.takeFresh()).toEqual(ring.lines());
  expect(ring.takeFresh()).toEqual([]);
});

it('cleans a line before it cuts it, and takes colours out', () => {
  const ring = new LogRing(systemClock, (text) => text.replaceAll('secret-key', '***'));
  ring.add('err', `${'x'.repeat(1996)}secret-key`);
  ring.add('out', '\u001b[31mred\u001b[0m');
  ring.add('out', '  \r');
  expect(ring.lines().map((line) => line.text)).toEqual([`${'x'.repeat(1996)}***`, 'red']);
});

it('knows the last words since the last note', () => {
  const ring = new LogRing(systemClock, plain);
  ring.add('err', 'of the run before');
  ring.add('note', 'Starting.');
  expect(ring.lastOutput()).toBe('');
  ring.add('err', 'no such account');
  expect(ring.lastOutput()).toBe('no such account');
});

it('cuts a text into the same lines however it arrives', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{0,5}$/)), fc.array(fc.nat(30)), (lines, cuts) => {
      const text = lines.map((line) => `${line}\n`).join('');
      const seen: string[] = [];
      const splitter = lineSplitter((line) => seen.push(line));
      let from = 0;
      for (const cut of cuts) {
        splitter.add(text.slice(from, from + cut));
        from += cut;
      }
      splitter.add(text.slice(from));
      splitter.end();
      expect(seen).toEqual(lines);
    }),
  );
});

it('does not gather a line without an end', () => {
  const seen: string[] = [];
  const splitter = lineSplitter((line) => seen.push(line), 10);
  for (let n = 0; n < 5; n += 1) splitter.add('12345678');
  splitter.end();
  expect(seen.join('')).toBe('12345678'.repeat(5));
  expect(seen.every((line) => line.length <= 18)).toBe(true);
});
