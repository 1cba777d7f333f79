import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Field, fieldLook } from './field.tsx';

type TextFieldProps = Omit<ComponentProps<'input'>, 'id'> & {
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
  inputClassName?: string;
};

/** One line of text or a number, with label, hint and error. */
export function TextField({
  label,
  hideLabel,
  hint,
  error,
  className,
  inputClassName,
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} hideLabel={hideLabel} hint={hint} error={error} className={className}>
      {(ids) => (
        <input type="text" spellCheck={false} {...rest} {...ids} className={cx(fieldLook, inputClassName)} />
      )}
    </Field>
  );
}
