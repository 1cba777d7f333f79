import type { FailureCode } from '../../shared/failure.ts';

/** One thing the doctor looked at. `code`: the failure that a run would meet, for what is broken. */
export interface Diagnosis {
  check: string;
  verdict: 'good' | 'warning' | 'broken';
  code: FailureCode | null;
  message: string;
  cure: string | null;
}

export const good = (check: string, message: string): Diagnosis => ({
  check,
  verdict: 'good',
  code: null,
  message,
  cure: null,
});

export const warning = (check: string, message: string, cure: string): Diagnosis => ({
  check,
  verdict: 'warning',
  code: null,
  message,
  cure,
});

export const broken = (check: string, code: FailureCode, message: string, cure: string): Diagnosis => ({
  check,
  verdict: 'broken',
  code,
  message,
  cure,
});
