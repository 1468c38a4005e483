// Loaded by --require: shifts the time of Date.
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const now = Date.now.bind(Date);
const shiftedNow = () => now() + shiftMs;

globalThis.Date = new Proxy(Date, {
  get: (target, key, receiver): unknown => (key === 'now' ? shiftedNow : Reflect.get(target, key, receiver)),
  construct: (target, parts: unknown[], newTarget) =>
    Reflect.construct(target, parts.length > 0 ? parts : [shiftedNow()], newTarget) as Date,
});
