import { type ReactNode, useEffect, useRef } from 'react';
import { cx } from '../../components/cx.ts';
import { type ShownStep, stepTitles } from './recovery-words.ts';
import { wizardSteps } from './wizard-steps.ts';

type StepFrameProps = {
  step: ShownStep;
  /** Gives the focus to the heading: for the keyboard, and so that a screen reader says where one is. */
  arrived: boolean;
  /** At the right end of the heading's line. */
  aside?: ReactNode;
  /** Left of the buttons: what the main one is about to do. */
  note?: ReactNode;
  /** Buttons, the main one last. */
  buttons: ReactNode;
  /** The content keeps to the height and scrolls inside itself. */
  fixed?: boolean;
  children: ReactNode;
};

/** A step of the wizard: heading, content, and a footer with its buttons that is always in sight. */
export function StepFrame({ step, arrived, aside, note, buttons, fixed = false, children }: StepFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Once, when the step comes: what changes in it later must not take the focus away.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (arrived) heading.current?.focus();
  }, []);
  return (
    <>
      <div
        className={cx('flex min-h-0 flex-1 flex-col gap-3 px-4 pt-3 pb-4', !fixed && 'overflow-y-auto')}
        {...(fixed ? {} : scrolls(stepTitles[step]))}
      >
        <div className="flex min-h-7 shrink-0 items-center gap-3">
          <h3 ref={heading} tabIndex={-1} className="mr-auto w-fit font-semibold text-lg outline-none">
            <span className="sr-only">
              Step {wizardSteps.indexOf(step) + 1} of {wizardSteps.length}:{' '}
            </span>
            {stepTitles[step]}
          </h3>
          {aside}
        </div>
        {children}
      </div>
      <footer className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-line border-t px-4 py-2">
        <div className="min-w-64 flex-1 text-muted">{note}</div>
        <div className="ml-auto flex flex-wrap justify-end gap-2">{buttons}</div>
      </footer>
    </>
  );
}

/** What scrolls must be reachable with the keyboard (WCAG 2.1.1), and then it needs a name. */
const scrolls = (title: string) => ({ tabIndex: 0, role: 'group', 'aria-label': title });
