import { beforeEach, describe, expect, it } from 'vitest';
import type { PromptSource } from '../../../shared/prompts.ts';
import { editsOf, nextOf, sourceTitle, staleWith, textOf, typed, usePromptDrafts } from './prompt-edits.ts';

const source = (nodeId: number, over: Partial<PromptSource> = {}): PromptSource => ({
  nodeId,
  title: 'Scenes',
  role: 'plain',
  row: null,
  text: `words of ${nodeId}`,
  alsoUsedBy: [],
  ...over,
});

const template = source(3, { role: 'template', text: '{scene}, soft light', alsoUsedBy: [14, 24] });
const row = source(7, { role: 'row', row: 2, text: 'A jar.', alsoUsedBy: [24] });

describe('a draft', () => {
  it('is what differs from the file: typing back the old words leaves nothing to save', () => {
    const changed = typed({}, row, 'A jar on a table.');
    expect(textOf(row, changed)).toBe('A jar on a table.');
    expect(editsOf([template, row], changed)).toEqual([{ nodeId: 7, row: 2, text: 'A jar on a table.' }]);
    expect(editsOf([template, row], typed(changed, row, 'A jar.'))).toEqual([]);
  });

  it('keeps two rows of one node apart', () => {
    const first = source(7, { role: 'row', row: 1, text: 'A cup.' });
    const draft = typed(typed({}, first, 'Two cups.'), row, 'Two jars.');
    expect(editsOf([first, row], draft).map(({ row: at, text }) => [at, text])).toEqual([
      [1, 'Two cups.'],
      [2, 'Two jars.'],
    ]);
  });

  it('names each node once that becomes stale, and none for a text that stays', () => {
    expect(staleWith([template, row], typed({}, row, 'x'))).toEqual([24]);
    expect(staleWith([template, row], typed(typed({}, row, 'x'), template, '{scene}'))).toEqual([14, 24]);
    expect(staleWith([template, row], {})).toEqual([]);
  });

  it('says what each text is to the prompt', () => {
    expect(sourceTitle(row)).toBe('Row 2: Scenes (node 7)');
    expect(sourceTitle(source(4, { title: ' ' }))).toBe('Prompt: untitled (node 4)');
  });
});

describe('the version edited prompts are saved as', () => {
  it('is the next one of the name, and none where the name has no version', () => {
    expect(nextOf('XYZG3-V0-1')).toEqual({ name: 'XYZG3-V0-2', version: 'V0-2' });
    expect(nextOf('XYZS1-V1')).toEqual({ name: 'XYZS1-V1-1', version: 'V1-1' });
    expect(nextOf('summer ad')).toBeNull();
  });
});

describe('the drafts of a window', () => {
  beforeEach(() => usePromptDrafts.setState({ drafts: {} }));

  it('are kept for each node until they are empty', () => {
    const { setDraft } = usePromptDrafts.getState();
    setDraft('a.nbflow\n4', { '3.text': 'new' });
    setDraft('a.nbflow\n9', { '8.text': 'other' });
    expect(usePromptDrafts.getState().drafts['a.nbflow\n4']).toEqual({ '3.text': 'new' });
    setDraft('a.nbflow\n4', {});
    expect(Object.keys(usePromptDrafts.getState().drafts)).toEqual(['a.nbflow\n9']);
  });
});
