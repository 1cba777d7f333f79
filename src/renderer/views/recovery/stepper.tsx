import { cx } from '../../components/cx.ts';
import { type ShownStep, stepTitles } from './recovery-words.ts';
import { wizardSteps } from './wizard-steps.ts';

type StepperProps = {
  current: ShownStep;
  /** Steps one can go to. */
  open: ReadonlySet<ShownStep>;
  onGo: (step: ShownStep) => void;
};

/** The five steps, where one is, and the way to those that can be gone to. */
export function Stepper({ current, open, onGo }: StepperProps) {
  const at = wizardSteps.indexOf(current);
  return (
    <nav aria-label="Steps">
      <ol className="flex gap-1">
        {wizardSteps.map((step, index) => (
          <li key={step} className="min-w-0 flex-1">
            <button
              type="button"
              aria-current={step === current ? 'step' : undefined}
              disabled={!open.has(step)}
              onClick={() => step !== current && onGo(step)}
              className={cx(
                '-outline-offset-2 flex w-full items-center gap-2 border-line border-t-2 px-1 pt-2 pb-1 text-left text-muted enabled:hover:bg-hover disabled:cursor-not-allowed',
                index <= at && 'border-accent-text',
                step === current && 'font-medium text-ink',
              )}
            >
              <span
                className={cx(
                  'flex size-5 shrink-0 items-center justify-center rounded-full border border-line-strong text-xs',
                  step === current && 'border-accent bg-accent text-accent-ink',
                )}
              >
                {index + 1}
              </span>
              <span className="truncate">{stepTitles[step]}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
