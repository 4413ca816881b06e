import metadataJson from 'libphonenumber-js/max/metadata';

/**
 * One region's numbering plan with its patterns compiled once. libphonenumber-js compiles them anew for every number,
 * which is most of its time; `phone-number.test.ts` holds this reading of its metadata against the library itself.
 */
export interface NumberingPlan {
  readonly callingCode: string;
  /** What is dialled for abroad; matches at the start only. */
  readonly abroad: RegExp | undefined;
  /** Any national number of the region, from end to end. */
  readonly general: RegExp;
  /** Possible numbers of digits, ascending. */
  readonly lengths: readonly number[];
  readonly trunkPrefix: string | undefined;
  /** What may stand before a national number; matches at the start only. */
  readonly prefix: RegExp | undefined;
  /** What becomes of the groups that `prefix` captured. */
  readonly transform: string | undefined;
  /** Decides alone whether a number of a shared calling code is of this region; matches at the start only. */
  readonly leadingDigits: RegExp | undefined;
  /** Fixed line, mobile, toll free, ...: a valid number is of one of these. */
  readonly types: readonly NumberType[];
  readonly formats: readonly NumberFormat[];
}

interface NumberType {
  readonly pattern: RegExp;
  readonly lengths: readonly number[];
}

interface NumberFormat {
  readonly pattern: RegExp;
  /** Matches at the start only; absent when the format is for all numbers. */
  readonly leadingDigits: RegExp | undefined;
  /** True when people write the number with the trunk prefix and never without. */
  readonly needsTrunkPrefix: boolean;
}

type Optional<Value> = Value | 0 | undefined;
/** pattern, format, leading digits (the last is the most exact), prefix rule, prefix is optional. */
type RawFormat = readonly [string, string, Optional<readonly string[]>?, Optional<string>?, Optional<1>?];
/** By position, as libphonenumber-js writes it (its METADATA.md). */
type RawPlan = readonly [
  callingCode: string,
  abroad: Optional<string>,
  general: string,
  lengths: readonly number[],
  formats: Optional<readonly RawFormat[]>,
  trunkPrefix?: Optional<string>,
  prefixRule?: Optional<string>,
  prefix?: Optional<string>,
  transform?: Optional<string>,
  prefixIsOptional?: Optional<1>,
  leadingDigits?: Optional<string>,
  types?: Optional<readonly Optional<readonly [Optional<string>?, Optional<readonly number[]>?]>[]>,
];
interface RawMetadata {
  readonly country_calling_codes: Readonly<Record<string, readonly string[]>>;
  readonly countries: Readonly<Record<string, RawPlan>>;
  readonly nonGeographic: Readonly<Record<string, RawPlan>>;
}

const metadata = metadataJson as unknown as RawMetadata;
const countries = new Map(Object.entries(metadata.countries));
const callingCodes = new Map(Object.entries(metadata.country_calling_codes));
const beyondCountries = new Map(Object.entries(metadata.nonGeographic));
const compiled = new Map<RawPlan, NumberingPlan>();

/** The regions that have a numbering plan: ISO alpha-2 codes, and AC and TA. */
export const PHONE_REGIONS: readonly string[] = [...countries.keys()];

/** The plan of a region, undefined when it has none of its own. */
export function planOfRegion(region: string): NumberingPlan | undefined {
  const raw = countries.get(region);
  return raw && compile(raw);
}

/** The plan that a calling code begins with: of its main region, or of a service that belongs to no region. */
export function planOfCallingCode(callingCode: string): NumberingPlan | undefined {
  const main = callingCodes.get(callingCode)?.[0];
  const raw = main === undefined ? beyondCountries.get(callingCode) : countries.get(main);
  return raw && compile(raw);
}

const regionPlans = new Map<string, readonly NumberingPlan[]>();

/** The plans of all regions that share a calling code, the main one first; none for a service without region. */
export function plansSharing(callingCode: string): readonly NumberingPlan[] {
  const known = regionPlans.get(callingCode);
  if (known) return known;
  const plans = (callingCodes.get(callingCode) ?? []).flatMap((region) => planOfRegion(region) ?? []);
  regionPlans.set(callingCode, plans);
  return plans;
}

function compile(raw: RawPlan): NumberingPlan {
  const known = compiled.get(raw);
  if (known) return known;
  const prefix = raw[7] || raw[5];
  const plan: NumberingPlan = {
    callingCode: raw[0],
    abroad: atStart(raw[1]),
    general: entire(raw[2]),
    lengths: raw[3],
    trunkPrefix: raw[5] || undefined,
    prefix: atStart(prefix),
    transform: raw[8] || undefined,
    leadingDigits: atStart(raw[10]),
    types: compileTypes(raw),
    formats: compileFormats(raw),
  };
  compiled.set(raw, plan);
  return plan;
}

function compileTypes(raw: RawPlan): NumberType[] {
  const types = raw[11] || [];
  return types.flatMap((type) => {
    const pattern = type && type[0];
    return pattern ? [{ pattern: entire(pattern), lengths: (type && type[1]) || raw[3] }] : [];
  });
}

function compileFormats(raw: RawPlan): NumberFormat[] {
  const main = countries.get(callingCodes.get(raw[0])?.[0] ?? '') ?? raw;
  const isOptional = Boolean(raw[9] || main[9]);
  return (raw[4] || main[4] || []).map((format) => {
    const rule = format[3] || raw[6] || main[6] || '';
    const trunkPrefix = raw[5] || '';
    return {
      pattern: entire(format[0]),
      leadingDigits: atStart((format[2] || []).at(-1)),
      needsTrunkPrefix:
        trunkPrefix !== '' && rule.replace('(', '').startsWith(trunkPrefix) && !(format[4] || isOptional),
    };
  });
}

function atStart(pattern: Optional<string>): RegExp | undefined {
  return pattern ? new RegExp(`^(?:${pattern})`) : undefined;
}

function entire(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
