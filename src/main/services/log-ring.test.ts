import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LOG_LINES } from '../../shared/services.ts';
import { systemClock } from '../platform/clock.ts';
import { LogRing, lineSplitter } from './log-ring.ts';

const plain = (text: string) => text;

/** A clock that moves only when told. */
function virtualClock() {
  const time = { ms: 0 };
  const clock = { ...systemClock, now: () => 1_000_000 + time.ms, monotonic: () => time.ms };
  return { clock, pass: (ms: number) => (time.ms += ms) };
}
const texts = (ring: LogRing) => ring.lines().map((line) => line.text);

it('keeps the last 2,000 lines, and gives each new one once', () => {
  const { clock, pass } = virtualClock();
  const ring = new LogRing(clock, plain);
  for (let n = 0; n < LOG_LINES + 10; n += 1) {
    ring.add('out', `line ${n}`);
    pass(1);
  }
  expect(ring.lines()).toHaveLength(2000);
  expect(texts(ring)[0]).toBe('line 10');
  expect(ring.takeFresh()).toEqual(ring.lines());
  expect(ring.takeFresh()).toEqual([]);
  ring.add('out', 'one more');
  expect(ring.takeFresh().map((line) => line.text)).toEqual(['one more']);
});

it('cleans a line before it cuts it, and takes colours out', () => {
  const ring = new LogRing(systemClock, (text) => text.replaceAll('secret-key', '***'));
  ring.add('err', `${'x'.repeat(1996)}secret-key`);
  ring.add('err', `${'y'.repeat(9000)}`);
  ring.add('out', '\u001b[31mred\u001b[0m');
  ring.add('out', '\u001b[0m');
  ring.add('out', '  \r');
  expect(texts(ring)).toEqual([`${'x'.repeat(1996)}***`, `${'y'.repeat(2000)} …`, 'red']);
});

it('hides a secret that became known after it was printed', () => {
  const known: string[] = [];
  const ring = new LogRing(
    systemClock,
    (text) => known.reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
    () => known,
  );
  ring.add('out', 'key: abc123');
  expect(texts(ring)).toEqual(['key: abc123']);
  known.push('abc123');
  expect(texts(ring)).toEqual(['key: ***']);
  expect(ring.lastOutput()).toBe('key: ***');
});

it('knows the last words since the last note', () => {
  const ring = new LogRing(systemClock, plain);
  ring.add('err', 'of the run before');
  ring.add('note', 'Starting.');
  expect(ring.lastOutput()).toBe('');
  ring.add('err', 'opening the browser');
  ring.add('err', 'no such account');
  expect(ring.lastOutput()).toBe('no such account');
  expect(ring.lastLines(50)).toEqual(['opening the browser', 'no such account']);
  expect(ring.lastLines(1)).toEqual(['no such account']);
});

it('of a flood it keeps the beginning and the end, and tells how many lines it left out', () => {
  const { clock, pass } = virtualClock();
  const ring = new LogRing(clock, plain);
  for (let n = 0; n < 50_000; n += 1) {
    ring.add('err', `line ${n}`);
    if (n % 50 === 49) pass(1);
  }
  // In one second four windows; in each the rest is told when it is over.
  pass(250);
  const shown = texts(ring);
  expect(shown.at(-1)).toBe('line 49999');
  expect(shown.filter((text) => text.endsWith('lines left out'))).toEqual(
    Array.from({ length: 4 }, () => '… 12,050 lines left out'),
  );
  expect(shown.slice(0, 2)).toEqual(['line 0', 'line 1']);
  // Nothing is lost without being told.
  const told = shown
    .filter((text) => text.startsWith('…'))
    .reduce((sum, text) => sum + Number(text.replaceAll(/\D/g, '')), 0);
  expect(told + shown.filter((text) => text.startsWith('line')).length).toBe(50_000);
});

it('a note is never left out, and what was left out before it is told before it', () => {
  const { clock } = virtualClock();
  const ring = new LogRing(clock, plain);
  for (let n = 0; n < 500; n += 1) ring.add('out', `line ${n}`);
  ring.add('note', 'G-Labs ended.');
  expect(texts(ring).slice(-3)).toEqual(['line 498', 'line 499', 'G-Labs ended.']);
  expect(texts(ring)).toContain('… 50 lines left out');
});

it('lines, gaps and notes add up whatever comes and whenever it is looked at', () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant('print' as const), lines: fc.nat(700) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(400) }),
    fc.record({ do: fc.constant('look' as const) }),
    fc.record({ do: fc.constant('note' as const) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const { clock, pass } = virtualClock();
      const ring = new LogRing(clock, plain);
      let printed = 0;
      const fresh: string[] = [];
      for (const each of acts) {
        if (each.do === 'print') for (let n = 0; n < each.lines; n += 1) ring.add('out', `line ${printed++}`);
        else if (each.do === 'pass') pass(each.ms);
        else if (each.do === 'note') ring.add('note', 'note');
        else fresh.push(...ring.takeFresh().map((line) => line.text));
      }
      pass(300);
      fresh.push(...ring.takeFresh().map((line) => line.text));
      expect(texts(ring)).toEqual(fresh.slice(-LOG_LINES));
      if (fresh.length > LOG_LINES) return;
      const told = fresh
        .filter((text) => text.startsWith('…'))
        .reduce((sum, text) => sum + Number(text.replaceAll(/\D/g, '')), 0);
      const lines = fresh.filter((text) => text.startsWith('line'));
      expect(told + lines.length).toBe(printed);
      const numbers = lines.map((text) => Number(text.slice(5)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }),
  );
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
