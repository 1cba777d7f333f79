import { describe, expect, it } from 'vitest';
import { createOutput, type OutputOptions } from './output.ts';

function output(more: Partial<OutputOptions> & { terminal?: boolean } = {}) {
  const written = { out: '', err: '' };
  const { terminal = false, ...options } = more;
  const stream = (name: 'out' | 'err') => ({
    isTTY: terminal,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const made = createOutput({
    stdout: stream('out'),
    stderr: stream('err'),
    json: false,
    quiet: false,
    noColor: false,
    ...options,
  });
  return { written, ...made };
}

describe('output', () => {
  it('without --json text goes to standard output, and no record anywhere', () => {
    const { written, text, record } = output();
    text('hello');
    record({ type: 'x' });
    expect(written).toEqual({ out: 'hello\n', err: '' });
  });

  it('with --json standard output is NDJSON only, and text goes to standard error', () => {
    const { written, text, note, record } = output({ json: true });
    text('hello');
    note('beside');
    record({ type: 'x', line: 'a\nb' });
    expect(written).toEqual({ out: '{"type":"x","line":"a\\nb"}\n', err: 'hello\nbeside\n' });
  });

  it('with --quiet nothing but errors, and the NDJSON that was asked for', () => {
    const { written, text, note, record, failure } = output({ json: true, quiet: true });
    text('hello');
    note('beside');
    record({ type: 'x' });
    expect(written).toEqual({ out: '{"type":"x"}\n', err: '' });
    failure({ code: 'usage', message: 'No.' });
    expect(written.err).toBe('No.\n');
  });

  it('a failure has its place and cure; the error line names all four, null where there is none', () => {
    const { written, failure } = output({ json: true });
    failure({ code: 'folder', message: 'It cannot be written.', where: '/data', cure: 'Make it writable.' });
    expect(written.err).toBe('It cannot be written.\n  where: /data\n  cure:  Make it writable.\n');
    expect(JSON.parse(written.out)).toEqual({
      type: 'error',
      code: 'folder',
      message: 'It cannot be written.',
      where: '/data',
      cure: 'Make it writable.',
    });
    const bare = output({ json: true });
    bare.failure({ code: 'usage', message: 'No.' });
    expect(JSON.parse(bare.written.out)).toMatchObject({ where: null, cure: null });
  });

  it('colours only a terminal, and not with NO_COLOR', () => {
    expect(output({ terminal: true }).paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(output({ terminal: true, noColor: true }).paint('red', 'x')).toBe('x');
    expect(output().paint('red', 'x')).toBe('x');
  });
});
