import { money } from './format.ts';

/** A price; `estimate` puts the ~ of a guess before it. US dollars. */
export function Money({
  usd,
  estimate = false,
  className,
}: {
  usd: number;
  estimate?: boolean;
  className?: string;
}) {
  return (
    <span className={className}>
      {estimate && '~'}
      {money(usd)}
    </span>
  );
}
