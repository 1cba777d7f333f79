import { type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

/** What a control inside of a Field takes over to be tied to its words. */
export type FieldIds = {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
};

type FieldProps = {
  label: ReactNode;
  /** The label is only for a screen reader: the place already says what it is. */
  hideLabel?: boolean | undefined;
  hint?: ReactNode | undefined;
  /** What is wrong with the value, with the cure. */
  error?: ReactNode | undefined;
  className?: string | undefined;
  children: (ids: FieldIds) => ReactNode;
};

/** Label, control, hint and error of one form field, tied together by ids. */
export function Field({ label, hideLabel, hint, error, className, children }: FieldProps) {
  const id = useId();
  const words = error ?? hint;
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-muted text-xs'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': words ? `${id}-words` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {words && (
        <p id={`${id}-words`} className={cx('text-xs', error ? 'text-bad' : 'text-muted')}>
          {words}
        </p>
      )}
    </div>
  );
}

/** The look of everything one types or chooses in. */
export const fieldLook =
  'h-7 w-full min-w-0 rounded-sm border border-line-strong bg-sunken px-2 text-base text-ink placeholder:text-muted disabled:opacity-50 aria-invalid:border-bad';
