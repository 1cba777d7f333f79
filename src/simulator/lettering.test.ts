import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakLines, createLettering } from './lettering.ts';

const lettering = createLettering();

describe('lettering', () => {
  it('draws Latin, Vietnamese, Cyrillic and Greek without any font of the machine', () => {
    for (const text of ['Wide shot', 'Cận cảnh người phụ nữ', 'Крупный план', 'Κοντινό πλάνο', 'Łódź']) {
      expect(lettering.canDraw(text)).toBe(true);
      expect(lettering.outline(text, 0, 0, 40, 700)).toMatch(/^M/);
      expect(lettering.width(text, 40, 700)).toBeGreaterThan(text.length * 10);
    }
  });

  it('leaves out letters it has no outline for', () => {
    expect(lettering.canDraw('映画')).toBe(false);
    expect(lettering.outline('映a画', 0, 0, 40, 400)).toBe(lettering.outline('a', 0, 0, 40, 400));
  });
});

describe('lines', () => {
  // One pixel a letter makes the arithmetic visible.
  const monospaced = { width: (text: string) => [...text].length };
  const lines = (text: string, width: number, maxLines: number) =>
    breakLines(monospaced, text.split(' '), { width, size: 1, weight: 400, maxLines });

  it('break between words', () => {
    expect(lines('one two three', 7, 3)).toEqual({ lines: ['one two', 'three'], whole: true });
  });

  it('end in an ellipsis when there is more', () => {
    expect(lines('one two three four', 7, 2)).toEqual({ lines: ['one two', 'three…'], whole: false });
    expect(lines('one two three four', 8, 1)).toEqual({ lines: ['one two…'], whole: false });
  });

  it('never grow wider or more than allowed', () => {
    const words = fc.array(fc.stringMatching(/^[a-z,.]{1,12}$/), { maxLength: 20 });
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        (list, width, maxLines) => {
          const broken = breakLines(monospaced, list, { width, size: 1, weight: 400, maxLines });
          expect(broken.lines.length).toBeLessThanOrEqual(maxLines);
          for (const line of broken.lines) expect(line.length).toBeLessThanOrEqual(width);
          if (broken.whole) expect(broken.lines.join(' ')).toBe(list.join(' '));
        },
      ),
    );
  });
});
