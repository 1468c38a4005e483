const dayMs = 24 * 60 * 60 * 1_000;
/** `Date` writes later years with a sign and six digits. */
const year10000Ms = Date.UTC(10_000, 0);
const longestCache = 1_000;

const texts = (count: number, digits: number) =>
  Array.from({ length: count }, (_item, number) => String(number).padStart(digits, '0'));
const twoDigits = texts(60, 2);
const threeDigits = texts(1_000, 3);

/** The text up to the `T`, by the number of the day since 1970. */
const days = new Map<number, string>();

/**
 * The same text as `date.toISOString()` in less than half of the time, for lists with many dates.
 *
 * @throws RangeError for an invalid date
 */
export function isoText(date: Date): string {
  const time = date.getTime();
  if (!(time >= 0 && time < year10000Ms)) return date.toISOString();
  const day = Math.floor(time / dayMs);
  let rest = time - day * dayMs;
  const milliseconds = rest % 1_000;
  rest = (rest - milliseconds) / 1_000;
  const seconds = rest % 60;
  rest = (rest - seconds) / 60;
  const minutes = rest % 60;
  const hours = (rest - minutes) / 60;
  return `${days.get(day) ?? addDay(day, date)}${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[seconds]}.${threeDigits[milliseconds]}Z`;
}

function addDay(day: number, date: Date): string {
  if (days.size >= longestCache) days.clear();
  const text = date.toISOString().slice(0, 'yyyy-mm-ddT'.length);
  days.set(day, text);
  return text;
}
