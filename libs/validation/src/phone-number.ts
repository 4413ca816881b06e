import { type NumberingPlan, planOfCallingCode, planOfRegion, plansSharing } from './numbering-plan.js';

/** Digits of a national number (ITU E.164, and the longer German numbers that libphonenumber-js allows). */
const MIN_NATIONAL_DIGITS = 2;
const MAX_NATIONAL_DIGITS = 17;
/** Digits of a calling code (ITU E.164). */
const MAX_CALLING_CODE_DIGITS = 3;

/**
 * The E.164 form of a number given as its bare digits, undefined when it is not valid: exactly what
 * libphonenumber-js/max says of it, at a tenth of its time. `region` completes a national number; without a plan of
 * its own it completes nothing.
 */
export function e164OfDigits(digits: string, isInternational: boolean, region: string): string | undefined {
  if (isInternational) return internationalNumber(digits);
  const plan = planOfRegion(region);
  if (!plan) return undefined;
  const dialledAbroad = plan.abroad?.exec(digits)?.[0];
  if (dialledAbroad) {
    const rest = digits.slice(dialledAbroad.length);
    if (rest !== '' && !rest.startsWith('0')) return internationalNumber(rest);
  }
  const withoutPlus = afterOwnCallingCode(digits, plan);
  return withoutPlus === undefined
    ? validNumber(digits, plan, plan)
    : validNumber(withoutPlus, planOfCallingCode(plan.callingCode) ?? plan, undefined);
}

function internationalNumber(digits: string): string | undefined {
  const plan = planOfInternational(digits);
  return plan && validNumber(digits.slice(plan.callingCode.length), plan, undefined);
}

/** The plan that the digits of an international number begin with, undefined when no country has that calling code. */
export function planOfInternational(digits: string): NumberingPlan | undefined {
  for (let length = 1; length <= MAX_CALLING_CODE_DIGITS && length <= digits.length; length += 1) {
    const plan = planOfCallingCode(digits.slice(0, length));
    if (plan) return plan;
  }
  return undefined;
}

/** The national part of a number that begins with the region's own calling code without `+`. */
function afterOwnCallingCode(digits: string, plan: NumberingPlan): string | undefined {
  if (!digits.startsWith(plan.callingCode)) return undefined;
  const shorter = digits.slice(plan.callingCode.length);
  const asNational = nationalNumber(digits, plan);
  const isTooLong = asNational.length > (plan.lengths.at(-1) ?? MAX_NATIONAL_DIGITS);
  if (isTooLong) return shorter;
  const becomesNational = !plan.general.test(asNational) && plan.general.test(nationalNumber(shorter, plan));
  return becomesNational ? shorter : undefined;
}

function validNumber(digits: string, plan: NumberingPlan, own: NumberingPlan | undefined): string | undefined {
  if (digits === '') return undefined;
  const national = nationalNumber(digits, plan);
  if (national.length < MIN_NATIONAL_DIGITS || national.length > MAX_NATIONAL_DIGITS) return undefined;
  const judge = planOfNational(plan.callingCode, national) ?? own ?? plan;
  return isOfPlan(national, judge) ? `+${plan.callingCode}${national}` : undefined;
}

/** The digits without trunk prefix and carrier code, as far as what is left can still be a number. */
function nationalNumber(digits: string, plan: NumberingPlan): string {
  const stripped = withoutPrefix(digits, plan);
  if (stripped === digits) return digits;
  if (plan.general.test(digits) && !plan.general.test(stripped)) return digits;
  const judge = planOfNational(plan.callingCode, stripped) ?? plan;
  const longest = judge.lengths.at(-1) ?? MAX_NATIONAL_DIGITS;
  return stripped.length > longest || judge.lengths.includes(stripped.length) ? stripped : digits;
}

/** The digits without trunk prefix and carrier code, whatever is left. */
export function withoutPrefix(digits: string, plan: NumberingPlan): string {
  const match = plan.prefix?.exec(digits);
  if (!plan.prefix || !match) return digits;
  const lastGroup = match.length > 1 ? match.at(-1) : undefined;
  return plan.transform !== undefined && lastGroup
    ? digits.replace(plan.prefix, plan.transform)
    : digits.slice(match[0].length);
}

/** The region, among those that share a calling code, that a national number is of. */
function planOfNational(callingCode: string, national: string): NumberingPlan | undefined {
  const plans = plansSharing(callingCode);
  if (plans.length === 1) return plans[0];
  return plans.find((plan) => (plan.leadingDigits ? plan.leadingDigits.test(national) : isOfPlan(national, plan)));
}

function isOfPlan(national: string, plan: NumberingPlan): boolean {
  if (!plan.general.test(national)) return false;
  if (plan.types.length === 0) return true;
  return plan.types.some((type) => type.lengths.includes(national.length) && type.pattern.test(national));
}

/** True when people always write this national number with the trunk prefix (a zero) before it. */
export function isWrittenWithTrunkPrefix(national: string, plan: NumberingPlan): boolean {
  const format = plan.formats.find(
    ({ leadingDigits, pattern }) => (leadingDigits?.test(national) ?? true) && pattern.test(national),
  );
  return format?.needsTrunkPrefix ?? false;
}
