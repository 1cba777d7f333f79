import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Field, fieldLook } from './field.tsx';

type SelectProps<V extends string> = {
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly { value: V; label: string }[];
  disabled?: boolean;
  className?: string;
};

/** One of a few values. Arrow keys and first letters choose. */
export function Select<V extends string>({
  label,
  hideLabel,
  hint,
  value,
  onValueChange,
  options,
  disabled = false,
  className,
}: SelectProps<V>) {
  return (
    <Field label={label} hideLabel={hideLabel} hint={hint} className={className}>
      {(ids) => (
        <Radix.Root
          value={value}
          disabled={disabled}
          onValueChange={(next) => {
            const option = options.find((each) => each.value === next);
            if (option) onValueChange(option.value);
          }}
        >
          <Radix.Trigger
            {...ids}
            className={cx(fieldLook, 'flex items-center justify-between gap-2 text-left')}
          >
            <span className="truncate">
              <Radix.Value />
            </span>
            <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Content
              position="popper"
              sideOffset={4}
              className="z-50 max-h-80 min-w-(--radix-select-trigger-width) rounded-md border border-line bg-raised p-1 shadow-lift"
            >
              <Radix.Viewport>
                {options.map((option) => (
                  <Radix.Item
                    key={option.value}
                    value={option.value}
                    className="flex h-7 select-none items-center gap-2 rounded-sm pr-3 pl-2 outline-none data-highlighted:bg-hover"
                  >
                    <span className="w-4">
                      <Radix.ItemIndicator>
                        <Check aria-hidden className="size-4" />
                      </Radix.ItemIndicator>
                    </span>
                    <Radix.ItemText>{option.label}</Radix.ItemText>
                  </Radix.Item>
                ))}
              </Radix.Viewport>
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
      )}
    </Field>
  );
}
