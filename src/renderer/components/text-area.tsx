import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Field, fieldLook } from './field.tsx';

type TextAreaProps = Omit<ComponentProps<'textarea'>, 'id'> & {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
};

/** Text of several lines, as high as its text where the browser can do that, with label, hint and error. */
export function TextArea({ label, hint, error, className, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(ids) => (
        <textarea
          rows={3}
          {...rest}
          {...ids}
          className={cx(fieldLook, 'field-sizing-content h-auto max-h-80 min-h-16 resize-y py-1')}
        />
      )}
    </Field>
  );
}
