import { expect, it } from 'vitest';
import { RunOptions } from '../../../shared/domain.ts';
import { firstChoices, runOptions } from './run-choices.ts';

it('the dialog opens with a full run at the concurrency of the settings, without review', () => {
  const entry = { key: 'runner.concurrency', value: 5, default: 3, changed: true, meaning: '' };
  expect(runOptions(firstChoices([entry]))).toEqual({
    mode: 'full',
    gates: 'auto',
    qa: 'off',
    concurrency: 5,
  });
  expect(firstChoices([]).concurrency).toBe(3);
});

it('what was typed is sent without the blanks around it, and what is empty is not sent', () => {
  const options = runOptions({ ...firstChoices([]), server: ' http://a ', refImage: '  ', review: true });
  expect(options).toMatchObject({ server: 'http://a', qa: 'on' });
  expect(options).not.toHaveProperty('refImage');
  expect(RunOptions.parse(options)).toEqual(options);
});
